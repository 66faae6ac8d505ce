#!/bin/sh
# Prints this node's state, a KEY=value line each: VRRP, NGINX, CONFIG (served by nginx), PEER_CONFIG, ADDRESS.
# VRRP is read from what keepalived did in the kernel: the anchor is there if and only if it is MASTER.
set -u
. /etc/nginx-ha/current/node.env
if [ "$(systemctl is-active keepalived)" != active ]; then VRRP=-
elif ip -oneline address show dev lo | grep -qF " $ANCHOR/32 "; then VRRP=MASTER
elif cat /run/nginx-ha/track/* | grep -q '[1-9]'; then VRRP=FAULT
else VRRP=BACKUP
fi
ADDRESS=-
ip -oneline address show dev "$INTERFACE" | grep -qF " $VIP/32 " && ADDRESS=held
echo "VRRP=$VRRP"
echo "NGINX=$(systemctl is-active nginx)"
echo "CONFIG=$(curl --fail --silent --max-time 1 --noproxy '*' --header "Host: $HEALTH_NAME" "http://127.0.0.1:$PORT/")"
echo "PEER_CONFIG=$(/etc/nginx-ha/current/bin/peer-head 2>/dev/null)"
echo "ADDRESS=$ADDRESS"
