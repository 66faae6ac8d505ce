#!/bin/bash
# Run once by nginx-ha-gate.service at boot: lets the node into the election when it has what its peer has, at the latest
# after BOOT_WAIT seconds; then /run/nginx-ha/unconfirmed is there, for the alarm.
set -u
. /etc/nginx-ha/current/node.env
export BOOT_WAIT
# The synchronisation may have to start first, and may never do. timeout counts without the machine's clock.
# shellcheck disable=SC2016
said=$(timeout --kill-after=1 $((BOOT_WAIT + 1)) bash -c 'until curl --silent --show-error --fail-with-body \
  --max-time $((BOOT_WAIT + 1)) --unix-socket /run/nginx-ha-sync/control.sock \
  "http://sync/gate?text&limit=$BOOT_WAIT" || [ $? = 22 ]; do sleep 0.2; done' 2>/dev/null)
case "$said" in
  *"has what the peer has"*) rm -f /run/nginx-ha/unconfirmed ;;
  *)
    echo "${said:-the synchronisation did not answer for $BOOT_WAIT s}" >/run/nginx-ha/unconfirmed
    said="serving unconfirmed: ${said:-the synchronisation did not answer for $BOOT_WAIT s}"
    ;;
esac
echo "$said"
echo 0 >/run/nginx-ha/track/sync
