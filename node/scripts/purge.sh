# Takes everything of nginx-ha off the node: services, files, addresses, rules, and the packages that it installed.
# Variables: NODE. Running it on a node that has nothing is a success.
lock
systemctl --quiet stop keepalived.service nginx.service nginx-ha-firewall.service 2>/dev/null || true
systemctl --quiet disable nginx-ha-firewall.service 2>/dev/null || true
links | while read -r link _; do
  [ -L "$link" ] && rm -f "$link"
  if [ -e "$link.before-nginx-ha" ]; then mv "$link.before-nginx-ha" "$link"; fi
  case "$link" in *.service.d/*) rmdir --ignore-fail-on-non-empty "$(dirname "$link")" 2>/dev/null || true ;; esac
done
systemctl daemon-reload
nft delete table inet nginx_ha 2>/dev/null || true
if [ -s "$state/packages" ]; then
  apt-get -q -y -o DPkg::Lock::Timeout=120 purge $(sort -u "$state/packages") >/dev/null
  apt-get -q -y -o DPkg::Lock::Timeout=120 autoremove --purge >/dev/null
fi
if getent passwd nginx-ha >/dev/null; then userdel nginx-ha; fi
rm -rf "$home" "$state" /run/nginx-ha
say "nothing of nginx-ha is left"
