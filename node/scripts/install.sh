# Installs what the node needs, without starting it, and remembers what was not there before.
# Variables: NODE
lock
packages="nginx keepalived nftables curl"
installed() { [ "$(dpkg-query --show --showformat '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }
missing=
for package in $packages; do installed "$package" || missing="$missing $package"; done

mkdir -p --mode=0755 "$home" "$releases" "$state"
if [ -n "$missing" ]; then
  say "installing$missing"
  echo "$missing" | tr ' ' '\n' | sed '/^$/d' >>"$state/packages"
  if [ -z "$(find /var/lib/apt/lists -maxdepth 1 -name '*Release' -cmin -1440 2>/dev/null)" ]; then
    apt-get -q -o DPkg::Lock::Timeout=120 update >/dev/null || fail "apt-get update failed; see the lines above"
  fi
  # Masked, so that the packages do not start on their own configuration; at the latest a reboot unmasks.
  systemctl --quiet --runtime mask nginx.service keepalived.service 2>/dev/null
  trap 'systemctl --quiet --runtime unmask nginx.service keepalived.service' EXIT
  apt-get -q -y -o DPkg::Lock::Timeout=120 -o Dpkg::Options::=--force-confold install --no-install-recommends $missing >/tmp/nginx-ha-apt.log 2>&1 ||
    fail "apt-get install$missing failed: $(tail -n 5 /tmp/nginx-ha-apt.log)"
  rm -f /tmp/nginx-ha-apt.log
fi
getent passwd nginx-ha >/dev/null ||
  useradd --system --user-group --home-dir "$state/peer" --shell /bin/sh --comment 'nginx-ha peer' nginx-ha
