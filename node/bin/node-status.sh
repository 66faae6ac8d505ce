#!/bin/bash
# Prints this node's state, a KEY=value line each. CONFIG is what nginx serves; GENERATION its term, number and hash;
# SYNC says whether both nodes have it (acknowledged) or this one (accepted, or the synchronisation has told nothing for a
# minute); TRACKS are the track files that are set; CERTIFICATES are NAME:DAYS of each that nginx serves, see
# bin/certificates; DRAIN is this node's part of a drain that is under way, and AGENT the agent's own status, as one line of
# JSON each; DRAIN_LEFT names the parts of an earlier drain that were not taken back altogether.
# Limit: 1 s and what systemctl takes.
set -u
. /etc/nginx-ha/current/node.env
PORT=0
[ ! -e /etc/nginx-ha/serving ] || . /etc/nginx-ha/serving/generation.env
bin=/etc/nginx-ha/current/bin
echo "NODE=$NODE"
echo "VIP=$VIP"
echo "PORT=$PORT"
echo "PRIORITY=$(sed -n 's/^ *priority //p' /etc/nginx-ha/current/keepalived/keepalived.conf)"
echo "VRRP=$("$bin/vrrp-state")"
{
  read -r nginx && read -r keepalived && read -r agent && read -r guard && read -r handover && read -r keep && read -r detour
} < <(
  systemctl is-active nginx keepalived nginx-ha-{agent,guard,handover,drain@keep,drain@detour}
)
echo "NGINX=$nginx"
echo "KEEPALIVED=$keepalived"
echo "AGENT_UNIT=$agent"
echo "GUARD=$guard"
echo "HANDOVER=$handover"
echo "TRACKS=$(cd /run/nginx-ha/track && grep --files-with-matches '[1-9]' -- * | paste -sd' ')"
echo "ADDRESS=$("$bin/vip-held")"
echo "CONFIG=$(curl --fail --silent --max-time 0.5 --noproxy '*' --header "Host: $HEALTH_NAME" "http://127.0.0.1:$PORT/")"
echo "GENERATION=${GENERATION:--}"
echo "SYNC=$(cat /run/nginx-ha-sync/status.json 2>/dev/null | awk -v now="$(cut -d. -f1 /proc/uptime)" '/^  "told":/ {fresh = now - $2 <= 60} /^  "acknowledged": true/ {both = 1}
  END {print fresh && both ? "acknowledged" : "accepted"}')"
echo "CERTIFICATES=$("$bin/certificates" | awk '{print $1 ":" $2}' | paste -sd' ')"
drain=/run/nginx-ha/drain left=
for role in keep detour; do
  state=${!role}
  [ "$state" != active ] || echo "DRAIN=$(cat "$drain/status.json" 2>/dev/null)"
  case "$state" in
    inactive | failed) [ ! -e "$drain/$role.json" ] || left="$left $role" ;;
  esac
  [ ! -e "$drain/$role-left.json" ] || left="$left $role"
done
echo "DRAIN_LEFT=${left# }"
echo "AGENT=$(curl --fail --silent --max-time 0.5 --unix-socket /run/nginx-ha-agent/status.sock http://agent/status | tr -d '\n')"
