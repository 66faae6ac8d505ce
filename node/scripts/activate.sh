# Switches to a staged release, proves it, and switches back when it does not serve. What nginx serves stays the same: the
# MASTER publishes that, see publish.sh; only a node that never served gets its first generation here.
# Variables: NODE RELEASE CONTENT INTERFACE HEALTH_NAME STAGED (unused: makes it run after every staging)
#   STEP: unless-serving (leave a node that serves something to a later run; the peer's machine waits for this one),
#   if-standby (leave a node that is MASTER to a later run), alone, or pair (the last one: prove the election, too)
lock
umask 022
[ -d "$releases/$RELEASE" ] || fail "release $RELEASE is not staged; run pulumi up again"
never=no
[ -e "$applied" ] || never=yes
old=$(cat "$applied" 2>/dev/null || true)
[ -d "$releases/${old:-none}" ] || old=

# The anchor of the running configuration: the new one may have another.
is_master() { [ -e "$current/node.env" ] && has_address "$(. "$current/node.env" && echo "$ANCHOR")" lo; }
if [ "$STEP" = if-standby ] && is_master; then
  say "is MASTER; the other node goes first"
  exit 0
fi

# A node that takes part in the election with a working nginx, so that the peer may go away.
eligible() {
  running nginx && running keepalived && agent_knows && ! cat /run/nginx-ha/track/* | grep '[1-9]' >/dev/null &&
    case "$("$current/bin/vrrp-state")" in MASTER | BACKUP) ;; *) false ;; esac
}
running() { systemctl --quiet is-active "$1"; }
# Where an API must be asked for the VIP, the agent has had an answer: it could take the VIP if it had to.
agent_knows() { [ "$("$current/bin/vip-held")" != unknown ]; }
if [ "$STEP" = unless-serving ] && [ "$never" = no ] && eligible; then
  say "serves release $old"
  exit 0
fi

# changed FILE: whether the running release has another one, or may have.
doubt=no
[ -e "$unsure" ] && doubt=yes
changed() { [ -z "$old" ] || [ "$doubt" = yes ] || ! cmp --silent "$releases/$old/$1" "$releases/$RELEASE/$1"; }
point_to() {
  ln --symbolic --force --no-dereference "releases/$1" "$current.new"
  mv --no-target-directory "$current.new" "$current"
}
# What was there before us is kept beside it; what somebody put over our link later is kept in $state/replaced.
link_in() {
  links "$releases/${old:-none}" | while read -r link target; do
    if links "$current" | grep --line-regexp --fixed-strings "$link $target" >/dev/null; then continue; fi
    if [ "$(readlink "$link" || true)" = "$target" ]; then rm -f "$link"; fi
  done
  links "$current" | while read -r link target; do
    [ "$(readlink "$link" || true)" = "$target" ] && continue
    mkdir -p "$(dirname "$link")" "$state/replaced"
    if [ -e "$link" ] || [ -L "$link" ]; then
      if [ -e "$link.before-nginx-ha" ] || [ -L "$link.before-nginx-ha" ]; then
        mv "$link" "$state/replaced/$(basename "$link").$(date --utc +%s)"
      else
        mv "$link" "$link.before-nginx-ha"
      fi
    fi
    ln --symbolic "$target" "$link"
  done
}
# bring UNIT DROP-IN [FILE]: to the current release. A changed drop-in needs a restart; nginx then hands over before it stops.
bring() {
  if [ "$never" = yes ] || ! running "$1" || ! cmp --silent "$releases/$old/$2" "$releases/$RELEASE/$2"; then
    systemctl restart "$1"
  elif [ $# = 3 ] && changed "$3"; then
    systemctl reload "$1"
  fi
}
# A node that never served gets what its peer has, or, on the senior one of two new nodes, makes the first generation.
# Limit: 40 s, the start of the synchronisation included.
first_generation() {
  [ ! -e "$serving/head.json" ] || return 0
  local said='' deadline=$((SECONDS + 40))
  while [ $SECONDS -lt $deadline ]; do
    if said=$(curl --silent --show-error --fail-with-body --max-time $((deadline - SECONDS + 1)) --unix-socket "$sync_socket" "http://sync/first?text&stack=$CONTENT" 2>&1); then
      say "$said"
      return 0
    fi
    sleep 0.3
  done
  say "waited 40 s for the first configuration: $said" >&2
  return 1
}
# The gate is for nodes that boot. One that joins has just got what its peer has.
open_gate() { if [ "$never" = yes ]; then echo 0 >/run/nginx-ha/track/sync; fi; }
# own UNIT FILE…: a unit of ours runs with these files, or is gone when the release has none.
own() {
  local file again=no unit=$1
  if [ ! -e "$current/systemd/$unit.service" ]; then
    if running "$unit"; then systemctl stop "$unit"; fi
    rm -f "/etc/systemd/system/multi-user.target.wants/$unit.service"
    return 0
  fi
  systemctl --quiet enable "$unit.service" 2>/dev/null || return 1
  shift
  for file in "systemd/$unit.service" "$@"; do if changed "$file"; then again=yes; fi; done
  if [ "$again" = no ] && running "$unit"; then return 0; fi
  systemctl restart "$unit"
}
# Stopped, it hands over: it is never restarted for a change, and reads its program when it is stopped.
own_handover() {
  if [ ! -e "$current/systemd/nginx-ha-handover.service" ]; then
    rm -f /etc/systemd/system/{multi-user.target,nginx.service,keepalived.service}.wants/nginx-ha-handover.service
    return 0
  fi
  systemctl --quiet enable nginx-ha-handover.service 2>/dev/null || return 1
  # A start while it hands over would end that.
  if [ "$(systemctl is-active nginx-ha-handover)" = deactivating ]; then return 0; fi
  systemctl start nginx-ha-handover
}
# own_timer UNIT: a timer of ours runs, or is gone, with what it starts, when the release has none.
own_timer() {
  if [ ! -e "$current/systemd/$1.timer" ]; then
    systemctl --quiet stop "$1.timer" "$1.service" 2>/dev/null || true
    rm -f "/etc/systemd/system/timers.target.wants/$1.timer"
    return 0
  fi
  systemctl --quiet enable "$1.timer" 2>/dev/null || return 1
  if changed "systemd/$1.timer" || ! running "$1.timer"; then systemctl restart "$1.timer"; fi
}
# On machines whose network is ours (EC2): what the image configured gives way to what the release says.
network() {
  [ -e "$current/network/05-nginx-ha.network" ] || return 0
  if ! changed network/05-nginx-ha.network && configured_by_us; then return 0; fi
  networkctl reload && networkctl reconfigure "$INTERFACE" || return 1
  # Not by systemd-networkd-wait-online: networkd 252 (Debian 12) stays "configuring" after its first reconfiguration.
  local deadline=$((SECONDS + 30))
  while [ $SECONDS -lt $deadline ]; do
    if configured_by_us && has_own_address; then return 0; fi
    sleep 0.1
  done
  say "waited 30 s for $INTERFACE to have its own address again, and a default route" >&2
  return 1
}
configured_by_us() { networkctl status "$INTERFACE" | grep 05-nginx-ha >/dev/null; }
has_own_address() {
  has_address "$(. "$current/node.env" && echo "$ADDRESS")" "$INTERFACE" && ip -4 route show default | grep . >/dev/null
}
apply() {
  systemctl daemon-reload
  systemd-tmpfiles --create "$current"/tmpfiles/*.conf
  systemctl --quiet enable nginx.service keepalived.service nginx-ha-gate.service 2>/dev/null || return 1
  if ! nft list table inet nginx_ha >/dev/null 2>&1; then systemctl stop nginx-ha-firewall 2>/dev/null || true; fi
  own nginx-ha-firewall network/firewall.nft && network && own nginx-ha-sync sync.json bin/sync.js sync/known_hosts sync/ssh_config &&
    first_generation && open_gate && own nginx-ha-agent agent.json bin/agent.js &&
    own nginx-ha-guard node.env bin/freeze-guard && own_timer nginx-ha-acme &&
    bring nginx systemd/nginx.service.d/nginx-ha.conf &&
    bring keepalived systemd/keepalived.service.d/nginx-ha.conf keepalived/keepalived.conf && own_handover
}
# nginx keeps its old workers when a reload fails, so the exit status proves nothing: ask what is served.
proved() {
  local answer='' deadline=$((SECONDS + 10))
  while [ $SECONDS -lt $deadline ]; do
    . "$serving/generation.env"
    answer=$(curl --silent --max-time 2 --noproxy '*' --header "Host: $HEALTH_NAME" "http://127.0.0.1:$PORT/" || true)
    if [ "$answer" = "$CONFIG" ] && running keepalived && [ "$(cat /run/nginx-ha/track/nginx)" = 0 ]; then return 0; fi
    sleep 0.1
  done
  say "waited 10 s for nginx to serve $CONFIG on port $PORT, and it answers \"$answer\"; keepalived is $(systemctl is-active keepalived), its track file for nginx says $(cat /run/nginx-ha/track/nginx)" >&2
  return 1
}
# Exactly one MASTER, which has the VIP, asked over the synchronisation channel. Limit: 30 s, a start-up delay, an
# election and the API included.
elected() {
  local mine='' other='' head='' address='' deadline=$((SECONDS + 30))
  while [ $SECONDS -lt $deadline ]; do
    mine=$("$current/bin/vrrp-state")
    head=$("$current/bin/peer-head" 2>/dev/null || true)
    other=$(echo "$head" | sed -n 's/^VRRP=//p')
    address=$(echo "$head" | sed -n 's/^ADDRESS=//p')
    case "$mine-$other" in
      MASTER-BACKUP) if [ "$("$current/bin/vip-held")" = held ] && [ "$address" != unknown ]; then return 0; fi ;;
      BACKUP-MASTER) if [ "$address" = held ] && agent_knows; then return 0; fi ;;
    esac
    sleep 0.3
  done
  . "$current/node.env"
  case "$mine-$other" in
    MASTER-MASTER) fail "both nodes are MASTER: they do not hear each other; let IP protocol 112 (VRRP) pass between $ADDRESS and $PEER on both, then run pulumi up again" ;;
    MASTER-BACKUP | BACKUP-MASTER) agent_knows && [ "$address" != unknown ] ||
      fail "serves, and the election is over, but an agent gets no answer from EC2 (this node's: $("$current/bin/vip-held"), $PEER's: $address); it says why: journalctl -u nginx-ha-agent"
      fail "serves, and the election is over, but the VIP $VIP does not lead to the MASTER; on EC2 its agent says why: journalctl -u nginx-ha-agent" ;;
    *-) fail "serves, but cannot ask $PEER for its state: let SSH on port $PEER_SSH_PORT pass between the nodes" ;;
    *) fail "serves, but the pair is not complete: this node is $mine, $PEER is $other" ;;
  esac
}
# Limit: 15 s, a start-up delay and an election included.
fit() {
  local deadline=$((SECONDS + 15))
  while [ $SECONDS -lt $deadline ]; do
    if eligible; then return 0; fi
    sleep 0.3
  done
  reasons
  fail "serves, but takes no part in the election ($("$current/bin/vrrp-state")); the other node's machine is left as it is"
}
reasons() {
  journalctl --quiet --no-pager --lines 5 --output cat --unit nginx --unit keepalived --unit nginx-ha-firewall \
    --unit nginx-ha-agent >&2 || true
}
# The newest five releases are kept, and always the one before this.
forget_old() {
  find "$releases" -mindepth 1 -maxdepth 1 -type d -printf '%T@ %f\n' | sort --reverse --numeric-sort | tail --lines +6 |
    while read -r _ name; do
      case "$name" in "$RELEASE" | "$old") ;; *) rm --recursive --force "${releases:?}/$name" ;; esac
    done
}

# A drain that is under way is undone by its own program, which this release may not have.
if [ ! -e "$releases/$RELEASE/bin/drain.js" ] && [ -e "$current/bin/drain.js" ]; then
  systemctl --quiet stop 'nginx-ha-drain@*.service' || true
  for role in keep detour; do
    /usr/bin/node "$current/bin/drain.js" undo "$role" || fail "what a planned move changed is not taken back (see above); reboot the node, and run pulumi up again"
  done
fi
touch "$unsure"
point_to "$RELEASE"
link_in
if apply && proved; then
  echo "$RELEASE" >"$applied"
  rm -f "$unsure"
  forget_old
  say "serves release $RELEASE"
  if [ "$STEP" = unless-serving ]; then fit; fi
  if [ "$STEP" = pair ]; then elected; fi
  exit 0
fi
reasons
[ -n "$old" ] || fail "release $RELEASE does not serve, and there is none before it to switch back to"
[ "$old" != "$RELEASE" ] || fail "release $RELEASE, which served before, does not serve now"
point_to "$old"
doubt=yes
if apply; then rm -f "$unsure"; fi
fail "release $RELEASE does not serve; the node was switched back to $old"
