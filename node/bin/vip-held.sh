#!/bin/sh
# Prints held when the VIP leads to this node, otherwise -: the address is here, and the API was seen to say so.
set -u
. /etc/nginx-ha/current/node.env
if [ "$HOLDS_VIP" = yes ] && ! ip -oneline address show dev "$INTERFACE" | grep -qF " $VIP/32 "; then echo -
elif [ -e /etc/nginx-ha/current/agent.json ]; then cat /run/nginx-ha-agent/address 2>/dev/null || echo -
else echo held
fi
