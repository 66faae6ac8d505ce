# Looks whether the node can be one of the pair, and changes nothing.
# Variables: NODE ADDRESS INTERFACE PORT MORE_PORTS (of nginx, by TCP) RELEASE (only so that it runs before every change)
#   HTTP3: yes where it is to be offered
#   ADDRESS6, VIP6: empty where the VIP has no IPv6 address
#   VIP: empty on a machine that was just made, whose image may have given it all addresses of its interface
. /etc/os-release
case "$ID-${VERSION_ID:-}" in
  debian-12 | debian-13) ;;
  *) fail "runs ${PRETTY_NAME:-$ID}, and only Debian 12 and Debian 13 are supported; install one of them" ;;
esac
if [ "$HTTP3" = yes ] && [ "$VERSION_ID" = 12 ]; then
  fail "runs Debian 12, whose nginx has no HTTP/3; set nginx.tls.http3 to false, or install Debian 13"
fi
[ "$(id -u)" = 0 ] || fail "the commands do not run as root; let $(id -un) use sudo without a password, or log in as root"
[ -d /run/systemd/system ] || fail "is not run by systemd, which starts nginx and keepalived"
ip link show dev "$INTERFACE" >/dev/null 2>&1 ||
  fail "has no interface $INTERFACE; set the node's interface to one of: $(ip -brief link | awk '$1 != "lo" {sub(/@.*/, "", $1); print $1}' | paste -sd' ')"
has_address "$ADDRESS" "$INTERFACE" ||
  fail "$INTERFACE does not have the address $ADDRESS; it has: $(ip -oneline -4 address show dev "$INTERFACE" | awk '{print $4}' | paste -sd' ')"
if [ -n "$ADDRESS6" ] && ! has_address "$ADDRESS6" "$INTERFACE"; then
  fail "$INTERFACE does not have the address $ADDRESS6; it has: $(ip -oneline -6 address show dev "$INTERFACE" scope global | awk '{print $4}' | paste -sd' ')"
fi
for vip in $VIP $VIP6; do
  # Of a pair that runs, keepalived added those that it knows.
  if grep --quiet --line-regexp --extended-regexp "VIP6?='$vip'" "$current/node.env" 2>/dev/null; then continue; fi
  if has_address "$vip" "$INTERFACE"; then
    fail "already has the VIP $vip, and keepalived must be the one that adds it; remove it from the machine's network configuration"
  fi
done
if [ ! -e "$current" ]; then
  for unit in nginx keepalived; do
    if systemctl --quiet is-active "$unit"; then
      fail "$unit already runs with a configuration of its own, which the pair would replace; stop it first: systemctl disable --now $unit"
    fi
  done
fi
for port in $PORT $MORE_PORTS; do
  others=$(ss --no-header --listening --tcp --numeric --processes "sport = :$port" | grep -v '"nginx"' || true)
  [ -n "$others" ] || continue
  program=$(echo "$others" | grep -o 'users:(("[^"]*",pid=[0-9]*' | sed 's/users:(("\(.*\)",pid=/\1, pid /' | sort -u | paste -sd' ')
  key=nginx.port
  [ "$port" = "$PORT" ] || key="what has it in nginx"
  fail "port $port is taken by another program (${program:-unknown}); stop it, or set $key to a free port"
done
