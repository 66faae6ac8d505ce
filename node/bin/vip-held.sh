#!/bin/sh
# Prints held when the VIP leads to this node, otherwise -: the address is here, and the API was seen to say so.
# Prints unknown while the agent has had no answer from the API.
set -u
. /etc/nginx-ha/current/node.env
seen=held
if [ "$ASKS_API" = yes ]; then seen=$(cat /run/nginx-ha-agent/address 2>/dev/null || echo unknown); fi
if [ "$seen" = held ] && [ "$HOLDS_VIP" = yes ] &&
  ! ip -oneline address show dev "$INTERFACE" | grep -qF " $VIP/32 "; then echo -
else echo "$seen"
fi
