#!/bin/sh
# Prints what the peer says of itself, asked over the synchronisation channel. Limit: 2 s to connect, 5 s in all.
set -eu
. /etc/nginx-ha/current/node.env
exec timeout 5 ssh -F none -i /etc/nginx-ha/keys/sync -o IdentitiesOnly=yes -o BatchMode=yes -o ConnectTimeout=2 \
  -o UserKnownHostsFile=/etc/nginx-ha/current/sync/known_hosts -o GlobalKnownHostsFile=none \
  -o StrictHostKeyChecking=yes -o LogLevel=ERROR -p "$PEER_SSH_PORT" "nginx-ha@$PEER" </dev/null
