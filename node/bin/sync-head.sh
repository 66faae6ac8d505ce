#!/bin/sh
# The only command that the peer's synchronisation key may run: prints the hash of what nginx serves from here.
set -eu
. /etc/nginx-ha/current/node.env
echo "$CONFIG"
