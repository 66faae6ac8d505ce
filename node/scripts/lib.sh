set -euo pipefail
umask 077
# The connection may break: a write that nobody reads must not end the script before it has switched back.
trap '' PIPE
export LC_ALL=C DEBIAN_FRONTEND=noninteractive

home=/etc/nginx-ha
state=/var/lib/nginx-ha
releases=$home/releases
current=$home/current
# What nginx serves: generations that the synchronisation makes of the stack's content and the operator's files.
contents=$home/content
serving=$home/serving
sync_socket=/run/nginx-ha-sync/control.sock
# The release that was last proved to serve; no file: never one. While $unsure is there, what runs may be another.
applied=$state/applied
unsure=$state/unsure

# Units of amazon-ec2-net-utils, which gives a machine every address of its interface.
MASKED='policy-routes@.service refresh-policy-routes@.service refresh-policy-routes@.timer'

say() { echo "$NODE: $*" || true; }
fail() {
  echo "$NODE: $*" >&2 || true
  exit 1
}
apt() { apt-get -q -y -o DPkg::Lock::Timeout=120 -o Dpkg::Options::=--force-confold "$@"; }
# refresh_lists LOG: apt's own time-out covers dpkg's lock only, and a fresh machine updates its lists by itself.
refresh_lists() {
  local deadline=$((SECONDS + 120))
  until apt update >"$1" 2>&1; do
    grep 'Could not get lock' "$1" >/dev/null && [ $SECONDS -lt $deadline ] || return 1
    sleep 2
  done
}

# has_address ADDRESS DEVICE. Not grep -q: it stops reading early, and under pipefail that fails the pipeline.
has_address() { ip -oneline address show dev "$2" | grep --fixed-strings " $1/" >/dev/null; }

# One script at a time changes a node. The wait is shorter than every script's limit, so that this is what is said.
lock() {
  exec 9>/run/nginx-ha.lock
  flock --wait 20 9 || fail "another run has been changing this node for 20 s (lock: /run/nginx-ha.lock); try again when it is done"
}

# links DIRECTORY: what a release says of the places in the system that are links of ours: link, target.
links() { cat "$1/links" 2>/dev/null || true; }
