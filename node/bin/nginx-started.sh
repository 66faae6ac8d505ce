#!/bin/sh
# Run by nginx.service after its start: proves that nginx answers, then says so to keepalived.
# Environment: none. Exit: 0 answered within 5 s; otherwise the unit's start fails.
set -eu
. /etc/nginx-ha/current/node.env
. /etc/nginx-ha/serving/generation.env
curl --fail --silent --show-error --output /dev/null --max-time 2 --retry 4 --retry-delay 1 --retry-connrefused \
  --noproxy '*' --header "Host: $HEALTH_NAME" "http://127.0.0.1:$PORT/"
echo 0 >/run/nginx-ha/track/nginx
