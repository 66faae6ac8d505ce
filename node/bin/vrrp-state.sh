#!/bin/sh
# Prints MASTER, BACKUP, FAULT, or - when keepalived does not run. Read from what keepalived did in the kernel:
# the anchor is there if and only if it is MASTER.
set -u
. /etc/nginx-ha/current/node.env
if [ "$(systemctl is-active keepalived)" != active ]; then echo -
elif ip -oneline address show dev lo | grep -qF " $ANCHOR/32 "; then echo MASTER
elif cat /run/nginx-ha/track/* | grep -q '[1-9]'; then echo FAULT
else echo BACKUP
fi
