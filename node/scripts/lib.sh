set -euo pipefail
umask 077
export LC_ALL=C DEBIAN_FRONTEND=noninteractive

home=/etc/nginx-ha
state=/var/lib/nginx-ha
releases=$home/releases
current=$home/current

say() { echo "$NODE: $*"; }
fail() {
  echo "$NODE: $*" >&2
  exit 1
}

# has_address ADDRESS DEVICE. Not grep -q: it stops reading early, and under pipefail that fails the pipeline.
has_address() { ip -oneline -4 address show dev "$2" | grep --fixed-strings " $1/" >/dev/null; }

# One script at a time changes a node; two runs of pulumi up wait for each other here.
lock() {
  exec 9>/run/nginx-ha.lock
  flock --wait 120 9 || fail "another run has been changing this node for 120 s (lock: /run/nginx-ha.lock); try again when it is done"
}

# The places in the system that point into the current release: link, then target below $current.
links() {
  cat <<LINKS
/etc/nginx/nginx.conf nginx/nginx.conf
/etc/keepalived/keepalived.conf keepalived/keepalived.conf
/etc/systemd/system/nginx.service.d/nginx-ha.conf systemd/nginx.service.d/nginx-ha.conf
/etc/systemd/system/keepalived.service.d/nginx-ha.conf systemd/keepalived.service.d/nginx-ha.conf
/etc/systemd/system/nginx-ha-firewall.service systemd/nginx-ha-firewall.service
/etc/tmpfiles.d/nginx-ha.conf systemd/nginx-ha-tmpfiles.conf
LINKS
}
