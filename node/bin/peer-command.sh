#!/bin/sh
# The only command that the peer's synchronisation key may run. Asked for "sync" it leads to the synchronisation's socket,
# which takes five questions; otherwise it tells what is served from here, the VRRP state, and whether the VIP leads here.
set -eu
if [ "${SSH_ORIGINAL_COMMAND:-}" = sync ]; then exec socat -t 5 STDIO UNIX-CONNECT:/run/nginx-ha-sync/peer.sock; fi
CONFIG=
[ ! -e /etc/nginx-ha/serving ] || . /etc/nginx-ha/serving/generation.env
echo "CONFIG=$CONFIG"
echo "VRRP=$(/etc/nginx-ha/current/bin/vrrp-state)"
echo "ADDRESS=$(/etc/nginx-ha/current/bin/vip-held)"
