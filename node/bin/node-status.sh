#!/bin/sh
# Prints this node's state, a KEY=value line each: VRRP, NGINX, CONFIG (served by nginx), PEER_CONFIG, ADDRESS,
# CERTIFICATES (NAME:DAYS of each that nginx serves).
set -u
. /etc/nginx-ha/current/node.env
echo "VRRP=$(/etc/nginx-ha/current/bin/vrrp-state)"
echo "NGINX=$(systemctl is-active nginx)"
echo "CONFIG=$(curl --fail --silent --max-time 1 --noproxy '*' --header "Host: $HEALTH_NAME" "http://127.0.0.1:$PORT/")"
echo "PEER_CONFIG=$(/etc/nginx-ha/current/bin/peer-head 2>/dev/null | sed -n 's/^CONFIG=//p')"
echo "ADDRESS=$(/etc/nginx-ha/current/bin/vip-held)"
echo "CERTIFICATES=$(/etc/nginx-ha/current/bin/certificates | awk '{print $1 ":" $2}' | paste -sd' ')"
