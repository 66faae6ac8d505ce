# Switches to a staged release, proves it, and switches back when it does not serve.
# Variables: NODE RELEASE CONFIG PORT HEALTH_NAME ANCHOR ONLY_IF_STANDBY (yes: leave it to a later run when MASTER)
lock
old=$(readlink "$current" || true)
new=releases/$RELEASE
[ -d "$home/$new" ] || fail "release $RELEASE is not staged; run pulumi up again"
if [ "$ONLY_IF_STANDBY" = yes ] && has_address "$ANCHOR" lo; then
  say "is MASTER; the other node goes first"
  exit 0
fi

# differs FILE: whether the switch changes it; the same in both directions.
differs() { [ -z "$old" ] || ! cmp --silent "$home/$old/$1" "$home/$new/$1"; }
point_to() {
  ln --symbolic --force --no-dereference "$1" "$current.new"
  mv --no-target-directory "$current.new" "$current"
}
link_in() {
  links | while read -r link target; do
    [ "$(readlink "$link" || true)" = "$current/$target" ] && continue
    mkdir -p "$(dirname "$link")"
    if [ -e "$link" ] && [ ! -L "$link" ]; then mv "$link" "$link.before-nginx-ha"; fi
    ln --symbolic --force --no-dereference "$current/$target" "$link"
  done
}
running() { systemctl --quiet is-active "$1"; }
# Brings the services to what $current holds.
apply() {
  if differs systemd/nginx.service.d/nginx-ha.conf || differs systemd/keepalived.service.d/nginx-ha.conf ||
    differs systemd/nginx-ha-firewall.service || differs systemd/nginx-ha-tmpfiles.conf; then
    systemctl daemon-reload
  fi
  systemd-tmpfiles --create /etc/tmpfiles.d/nginx-ha.conf
  systemctl --quiet enable nginx.service keepalived.service nginx-ha-firewall.service 2>/dev/null || return 1
  if ! running nginx-ha-firewall; then systemctl start nginx-ha-firewall || return 1
  elif differs network/firewall.nft; then systemctl reload nginx-ha-firewall || return 1; fi
  if ! running nginx; then systemctl restart nginx || return 1
  elif differs nginx/nginx.conf; then systemctl reload nginx || return 1; fi
  if ! running keepalived; then systemctl restart keepalived || return 1
  elif differs keepalived/keepalived.conf; then systemctl reload keepalived || return 1; fi
}
# nginx keeps its old workers when a reload fails, so the exit status proves nothing: ask what is served.
proved() {
  local answer='' deadline=$((SECONDS + 10))
  while [ $SECONDS -lt $deadline ]; do
    answer=$(curl --silent --max-time 2 --noproxy '*' --header "Host: $HEALTH_NAME" "http://127.0.0.1:$PORT/" || true)
    if [ "$answer" = "$CONFIG" ] && running keepalived; then return 0; fi
    sleep 0.1
  done
  echo "$NODE: waited 10 s for nginx to serve $CONFIG on port $PORT, and it answers \"$answer\"; keepalived is $(systemctl is-active keepalived)" >&2
  return 1
}
reasons() { journalctl --quiet --no-pager --lines 5 --output cat --unit nginx --unit keepalived --unit nginx-ha-firewall >&2 || true; }

# The newest five releases are kept, and always the one before this.
forget_old() {
  find "$releases" -mindepth 1 -maxdepth 1 -type d -printf '%T@ %f\n' | sort --reverse --numeric-sort | tail --lines +6 |
    while read -r _ name; do
      case "$name" in "$RELEASE" | "${old#releases/}") ;; *) rm --recursive --force "${releases:?}/$name" ;; esac
    done
}

point_to "$new"
link_in
if apply && proved; then
  forget_old
  say "serves release $RELEASE"
  exit 0
fi
reasons
[ -n "$old" ] || fail "release $RELEASE does not serve; this node had none before"
point_to "$old"
apply || true
fail "release $RELEASE does not serve; the node was switched back to ${old#releases/}"
