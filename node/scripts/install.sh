# Installs what the node needs, without starting it, and remembers every package that was not there before.
# Variables: NODE PACKAGES
lock
present() { dpkg-query --show --showformat '${db:Status-Status} ${Package}\n' | sed -n 's/^installed //p' | sort -u; }

mkdir -p --mode=0755 "$home" "$releases" "$state"
chmod 0755 "$home" "$releases" "$state"
missing=
for package in $PACKAGES; do
  present | grep --line-regexp "$package" >/dev/null || missing="$missing $package"
done
if [ -n "$missing" ]; then
  say "installing$missing"
  # Of the first try, so that one that was interrupted is still told from what was there before.
  [ -e "$state/packages-before" ] || present >"$state/packages-before"
  dpkg --configure --pending >"$state/apt.log" 2>&1 || true
  if [ -z "$(find /var/lib/apt/lists -maxdepth 1 -name '*Release' -cmin -1440 2>/dev/null)" ]; then
    refresh_lists "$state/apt.log" || fail "apt-get update failed: $(tail -n 5 "$state/apt.log")"
  fi
  # Masked, so that the packages do not start on their own configuration; at the latest a reboot unmasks.
  systemctl --quiet --runtime mask nginx.service keepalived.service 2>/dev/null
  trap 'systemctl --quiet --runtime unmask nginx.service keepalived.service' EXIT
  # shellcheck disable=SC2086
  apt install --no-install-recommends $missing >"$state/apt.log" 2>&1 ||
    fail "apt-get install$missing failed: $(tail -n 5 "$state/apt.log")"
  # The activation enables them; a reboot before it must not start them on the distribution's configuration.
  systemctl --quiet disable nginx.service keepalived.service 2>/dev/null
fi
if [ -e "$state/packages-before" ]; then
  present | comm -13 "$state/packages-before" - | sort -u - <(cat "$state/packages" 2>/dev/null) >"$state/packages.new"
  mv "$state/packages.new" "$state/packages"
  rm -f "$state/packages-before" "$state/apt.log"
fi
getent passwd nginx-ha >/dev/null ||
  useradd --system --user-group --home-dir "$state/peer" --shell /bin/sh --comment 'nginx-ha peer' nginx-ha
getent passwd nginx-ha-agent >/dev/null ||
  useradd --system --user-group --home-dir /nonexistent --shell /usr/sbin/nologin --comment 'nginx-ha agent' nginx-ha-agent
# keepalived alone says where the VIP is.
for unit in $MASKED; do
  if [ -e "/usr/lib/systemd/system/$unit" ]; then systemctl --quiet mask "$unit"; fi
done
