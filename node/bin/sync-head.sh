#!/bin/sh
# The only command that the peer's synchronisation key may run: what is served from here, the VRRP state, and whether
# the VIP leads here.
set -eu
. /etc/nginx-ha/current/node.env
echo "CONFIG=$CONFIG"
echo "VRRP=$(/etc/nginx-ha/current/bin/vrrp-state)"
echo "ADDRESS=$(/etc/nginx-ha/current/bin/vip-held)"
