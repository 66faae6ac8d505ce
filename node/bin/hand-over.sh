#!/bin/bash
# Run by nginx-ha-handover.service before nginx, keepalived or the node stops: the peer gets the VIP first, and, where the
# release has a drain, established connections stay until they end. Whatever of it fails, the stop goes on: it is a failover then.
set -u
bin=/etc/nginx-ha/current/bin
track=/run/nginx-ha/track/handover
drain=/run/nginx-ha/drain
keep=nginx-ha-drain@keep.service

# within SECONDS COMMAND…: waits until it succeeds.
within() {
  local deadline=$((SECONDS + $1))
  shift
  until "$@"; do
    [ $SECONDS -lt $deadline ] || return 1
    sleep 0.1
  done
}
peer() { "$bin/peer-head" 2>/dev/null | sed -n "s/^$1=//p"; }
has_let_go() { [ "$("$bin/vrrp-state")" != MASTER ]; }
peer_has_it() { [ "$("$bin/peer-head" 2>/dev/null | sed -n 's/^\(VRRP\|ADDRESS\)=//p' | paste -sd-)" = MASTER-held ]; }
is_over() {
  [ -e "$drain/keep.json" ] || return 0
  case "$(systemctl is-active $keep)" in inactive | failed) ;; *) return 1 ;; esac
}
# ask begin|end SECONDS, as the unit says: the peer sends on what it does not know, or does so no more.
ask() {
  curl --silent --show-error --fail-with-body --max-time "$2" --unix-socket /run/nginx-ha-sync/control.sock \
    "http://sync/detour?text&verb=$1"
}
# A machine that shuts down has queued the stop of all that the unit stands on; it is there until we are stopped.
now() { systemctl --quiet --job-mode=ignore-dependencies "$@"; }

# A unit that crashed and is started again has nothing to hand over, and waits for nobody.
[ "$(systemctl is-active nginx)" = active ] || exit 0
case "$("$bin/vrrp-state")" in
  MASTER) ;;
  -) exit 0 ;;
  *)
    # Connections of the last move end in their time.
    within 3700 is_over
    exit 0
    ;;
esac
# Somebody else's move is under way.
[ "$(cat "$track" 2>/dev/null)" = 0 ] || exit 0
if [ "$(peer VRRP)" != BACKUP ]; then
  echo "the peer could not take the VIP: nothing is handed over"
  exit 0
fi
drains=no
if [ -e /etc/nginx-ha/current/drain.json ]; then
  if ask begin "$BEGIN_S"; then
    # The peer has no part of the last move any more: what is left of its detour leads to nobody. Where the peer still drains it
    # refuses, and the detour stays until it has the VIP again.
    [ ! -e "$drain/detour.json" ] || now stop nginx-ha-drain@detour.service
    now start "$keep" && drains=yes || ask end "$END_S"
  fi
  [ $drains = yes ] || echo "established connections are cut"
fi
take_back() {
  echo "$1: nothing is handed over"
  [ $drains = no ] || { now stop "$keep" && ask end "$END_S"; }
  exit 0
}
# It was asked a while ago; in FAULT nobody would have the VIP.
[ "$(peer VRRP)" = BACKUP ] || take_back "the peer could not take the VIP any more"
trap 'echo 0 >"$track"' EXIT
trap 'exit 1' HUP INT TERM PIPE
# It stays 1 until the peer has the VIP: 1 and 0 written back to back move nothing.
echo 1 >"$track"
within 5 has_let_go || { echo 0 >"$track" && take_back "keepalived does not let the VIP go"; }
within 15 peer_has_it && echo "the peer has the VIP"
echo 0 >"$track"
[ $drains = yes ] || exit 0
within 3700 is_over
ask end "$END_S"
