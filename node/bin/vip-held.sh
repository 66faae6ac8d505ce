#!/bin/sh
# Prints held when the VIP leads to this node, otherwise -: its addresses are here, and the API was seen to say so.
# Prints part when some of them are here, and unknown while the agent has had no answer from the API.
set -u
. /etc/nginx-ha/current/node.env
seen=held
if [ "$ASKS_API" = yes ]; then seen=$(cat /run/nginx-ha-agent/address 2>/dev/null || echo unknown); fi
if [ "$seen" = held ] && [ "$HOLDS_VIP" = yes ]; then
  here='' missing='' addresses=$(ip -oneline address show dev "$INTERFACE")
  for vip in "$VIP/32" ${VIP6:+"$VIP6/128"}; do
    case "$addresses" in *" $vip "*) here=$vip ;; *) missing=$vip ;; esac
  done
  if [ -z "$here" ]; then seen=-; elif [ -n "$missing" ]; then seen=part; fi
fi
echo "$seen"
