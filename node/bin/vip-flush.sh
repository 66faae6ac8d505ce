#!/bin/sh
# Run by keepalived.service before every start and after every end of keepalived: a killed one leaves its addresses
# behind, an image may have given the machine the VIP, and two nodes would answer for it. Nothing to remove is a success.
set -u
. /etc/nginx-ha/current/node.env
ip address del "$VIP/32" dev "$INTERFACE" 2>/dev/null
[ -z "$VIP6" ] || ip address del "$VIP6/128" dev "$INTERFACE" 2>/dev/null
ip address del "$ANCHOR/32" dev lo 2>/dev/null
exit 0
