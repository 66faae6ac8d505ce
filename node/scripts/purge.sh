# Takes everything of nginx-ha off the node: services, files, addresses, rules, and the packages that it installed.
# Variables: NODE. Running it on a node that has nothing is a success.
lock
systemctl --quiet disable --now nginx-ha-acme.timer 2>/dev/null || true
systemctl --quiet stop nginx-ha-acme.service 2>/dev/null || true
systemctl --quiet stop 'nginx-ha-drain@*.service' || true
# What could not be taken back then, or of a part whose unit was killed.
if [ -e "$current/bin/drain.js" ]; then
  for role in keep detour; do
    /usr/bin/node "$current/bin/drain.js" undo "$role" || fail "what a planned move changed is not taken back (see above); reboot the node, and run it again"
  done
fi
# What is taken off does not wait for a move.
rm -f "$current/bin/hand-over"
for unit in nginx-ha-handover nginx-ha-gate nginx-ha-sync nginx-ha-guard nginx-ha-agent keepalived nginx nginx-ha-firewall; do
  systemctl --quiet disable --now "$unit.service" 2>/dev/null || true
done
links "$current" | while read -r link target; do
  if [ "$(readlink "$link" || true)" = "$target" ]; then rm -f "$link"; fi
  if [ -e "$link.before-nginx-ha" ] || [ -L "$link.before-nginx-ha" ]; then
    [ -e "$link" ] || mv "$link.before-nginx-ha" "$link"
  fi
  case "$link" in *.service.d/*) rmdir --ignore-fail-on-non-empty "$(dirname "$link")" 2>/dev/null || true ;; esac
done
for unit in $MASKED; do
  if [ "$(readlink "/etc/systemd/system/$unit" || true)" = /dev/null ]; then systemctl --quiet unmask "$unit"; fi
done
systemctl daemon-reload
if [ -e "$current/network/05-nginx-ha.network" ]; then networkctl reload || true; fi
nft delete table inet nginx_ha 2>/dev/null || true
if [ -s "$state/packages" ]; then
  packages=$(dpkg-query --show --showformat '${db:Status-Status} ${Package}\n' | sed -n 's/^installed //p' | sort -u | comm -12 - "$state/packages")
  # shellcheck disable=SC2086
  others=$(apt --simulate purge $packages | sed -n 's/^\(Purg\|Remv\) \([^ ]*\).*/\2/p' | sort -u | comm -23 - "$state/packages")
  if [ -n "$others" ]; then
    say "the packages stay, because others need them now: $(echo "$others" | paste -sd' ')"
  else
    # shellcheck disable=SC2086
    apt purge $packages >/dev/null
  fi
fi
# The peer's session stays for as long as it may: without its key it does not come back.
rm -rf "$state/peer"
uid=$(id -u nginx-ha 2>/dev/null || echo none)
deadline=$((SECONDS + 5))
while [ $SECONDS -lt $deadline ]; do
  left=$(grep --files-with-matches "^Uid:[[:space:]]*$uid[[:space:]]" /proc/[0-9]*/status 2>/dev/null | cut -d / -f 3 || true)
  [ -n "$left" ] || break
  # shellcheck disable=SC2086
  kill -KILL $left 2>/dev/null || true
  sleep 0.1
done
for user in nginx-ha nginx-ha-agent; do
  if getent passwd "$user" >/dev/null; then userdel "$user"; fi
done
rm -rf "$home" "$state" /run/nginx-ha /run/nginx-ha-sync /run/nginx-ha-acme /run/nginx-ha.lock
say "nothing of nginx-ha is left"
