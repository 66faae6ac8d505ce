#!/bin/sh
# The only command that the peer's synchronisation key may run: what is served from here, and the VRRP state.
set -eu
. /etc/nginx-ha/current/node.env
echo "CONFIG=$CONFIG"
echo "VRRP=$(/etc/nginx-ha/current/bin/vrrp-state)"
