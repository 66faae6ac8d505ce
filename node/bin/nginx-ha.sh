#!/bin/sh
# nginx-ha status --json: this node's own status, asked over the agent's socket, which only root can open.
# Exit: 0 told, 2 unknown.
set -u
if [ "$*" != "status --json" ]; then
  echo "usage: nginx-ha status --json" >&2
  exit 2
fi
curl --silent --fail --max-time 3 --unix-socket /run/nginx-ha-agent/status.sock http://agent/status && exit 0
echo "nginx-ha: the agent does not answer (see: journalctl -u nginx-ha-agent); the pair goes on without it" >&2
exit 2
