#!/bin/sh
# What an operator does on a node, as root; every command takes --json:
#   status [--json]       this node's own status (always JSON)
#   publish               serve what was changed in /etc/nginx-ha/sites, on both nodes, now
#   rollback [N]          make an earlier generation the next one: by its number or id, or the one before
#   sync                  which generation is served, and whether both nodes have it
# Exit: 0 done, 1 refused, 2 unknown.
set -u
usage() {
  sed -n 's/^#   //p' "$0" >&2
  exit 2
}
# ask PATH: one line, or JSON, of the synchronisation's socket, which only root can open.
ask() {
  query=text
  [ "$json" = no ] || query=json
  answer=$(curl --silent --max-time 120 --unix-socket /run/nginx-ha-sync/control.sock --write-out '%{http_code}' \
    "http://sync/$1$query") || {
    echo "nginx-ha: the synchronisation does not answer (see: journalctl -u nginx-ha-sync); both nodes serve what they have" >&2
    exit 2
  }
  body=${answer%???}
  case "$answer" in
    *200) printf %s "$body" && exit 0 ;;
    *504) code=2 ;;
    *) code=1 ;;
  esac
  if [ "$json" = yes ]; then printf %s "$body"; else printf %s "$body" >&2; fi
  exit $code
}
json=no command=${1:-} wanted=
[ $# = 0 ] || shift
for word in "$@"; do
  case "$word" in
    --json) json=yes ;;
    *[!0-9a-f-]* | '' | -*) usage ;;
    *) [ -z "$wanted" ] || usage && wanted=$word ;;
  esac
done
case "$command" in
  status)
    curl --silent --fail --max-time 3 --unix-socket /run/nginx-ha-agent/status.sock http://agent/status && exit 0
    echo "nginx-ha: the agent does not answer (see: journalctl -u nginx-ha-agent); the pair goes on without it" >&2
    exit 2
    ;;
  publish) [ -z "$wanted" ] && ask "publish?" ;;
  rollback) ask "rollback?${wanted:+to=$wanted&}" ;;
  sync) [ -z "$wanted" ] && ask "status?" ;;
esac
usage
