#!/bin/sh
# Prints this node's state, a KEY=value line each: VRRP, NGINX, CONFIG (served by nginx), PEER_CONFIG, GENERATION (term,
# number and hash of what is served), SYNC (acknowledged: both nodes have it; accepted: this one), ADDRESS, CERTIFICATES
# (NAME:DAYS of each that nginx serves).
set -u
. /etc/nginx-ha/current/node.env
PORT=0
[ ! -e /etc/nginx-ha/serving ] || . /etc/nginx-ha/serving/generation.env
echo "VRRP=$(/etc/nginx-ha/current/bin/vrrp-state)"
echo "NGINX=$(systemctl is-active nginx)"
echo "CONFIG=$(curl --fail --silent --max-time 1 --noproxy '*' --header "Host: $HEALTH_NAME" "http://127.0.0.1:$PORT/")"
echo "PEER_CONFIG=$(/etc/nginx-ha/current/bin/peer-head 2>/dev/null | sed -n 's/^CONFIG=//p')"
echo "GENERATION=${GENERATION:--}"
echo "SYNC=$(grep -q '"acknowledged": true' /run/nginx-ha-sync/status.json 2>/dev/null && echo acknowledged || echo accepted)"
echo "ADDRESS=$(/etc/nginx-ha/current/bin/vip-held)"
echo "CERTIFICATES=$(/etc/nginx-ha/current/bin/certificates | awk '{print $1 ":" $2}' | paste -sd' ')"
