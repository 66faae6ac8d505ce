#!/bin/bash
# Run by nginx-ha-tickets.service: gives nginx each day's TLS ticket keys, the same on both nodes without a word between
# them, so that sessions are resumed after a failover. Each day's secret is made from the one before by a step that has
# no way back: what is on a node opens no ticket that is older than yesterday.
# Environment: none. Reads tickets.seed (DAY SECRET, once), keeps tickets.state, in /etc/nginx-ha/tls.
set -euo pipefail
umask 077
export LC_ALL=C
cd /etc/nginx-ha/tls

# step WORD SECRET: 64 bytes in hexadecimal.
step() { printf '%s' "$1 $2" | openssl dgst -sha512 -r | cut -d ' ' -f 1; }
# key SECRET: the 80 bytes of a ticket key.
key() { for half in a b; do printf '%s' "$half $1" | openssl dgst -sha512 -binary; done | head -c 80; }

renew() {
  local today=$(($(date +%s) / 86400)) day secret before
  [ ! -e tickets.seed ] || mv tickets.seed tickets.state
  [ -e tickets.state ] || return 0
  read -r day secret <tickets.state
  while [ "$day" -lt $((today - 1)) ]; do
    secret=$(step next "$secret")
    day=$((day + 1))
  done
  echo "$day $secret" >tickets.state.new
  mv tickets.state.new tickets.state
  before=$(cat ticket-*.key tickets.conf 2>/dev/null | sha256sum || true)
  find . -name 'ticket-*.key' -delete
  # Yesterday's still opens tickets, and tomorrow's those of a peer whose clock is ahead.
  while [ "$day" -le $((today + 1)) ]; do
    key "$secret" >"ticket-$day.key"
    secret=$(step next "$secret")
    day=$((day + 1))
  done
  {
    echo "ssl_session_tickets on;"
    for day in "$today" $((today - 1)) $((today + 1)); do
      [ ! -e "ticket-$day.key" ] || echo "ssl_session_ticket_key /etc/nginx-ha/tls/ticket-$day.key;"
    done
  } >tickets.conf
  [ "$before" != "$(cat ticket-*.key tickets.conf | sha256sum)" ] || return 0
  echo "ticket keys of day $today"
  if systemctl --quiet is-active nginx && nginx -t -q; then systemctl reload nginx; fi
}

while :; do
  renew
  sleep $((86400 - $(date +%s) % 86400 + 1))
done
