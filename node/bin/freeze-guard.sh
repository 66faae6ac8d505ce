#!/bin/bash
# Ends a keepalived that stands still while its node is MASTER: the kernel would go on answering for the VIP while the
# peer takes it over. Run by nginx-ha-guard.service as root; starts no process as long as all is well.
# A MASTER's VRRP process runs at least once in every advert interval, whatever the load (measured: 113 ms at most at
# 100 ms, with six busy processes beside it); standing still for FREEZE_MS, which ends before the peer takes over, it is
# stopped, traced or stuck.
set -u
. /etc/nginx-ha/current/node.env
# A pipe on which nothing ever comes: waiting on it is a sleep without a process.
exec {clock}<> <(:)
limit=$((FREEZE_MS * 1000))
late=$((limit * 17 / 10))
pid=0 count=0 last=-1 tick=0 seen=0

find_vrrp() {
  local name=''
  pid=0
  read -r pid 2>/dev/null </run/vrrp.pid || return 0
  read -r name 2>/dev/null <"/proc/$pid/comm" || true
  [ "$name" = keepalived ] || pid=0
}
is_master() { ip -oneline -4 address show dev lo | grep -qF " $ANCHOR/32 "; }
# Stopped, traced, blocked in the kernel, or dead.
stopped() {
  local stat=''
  read -r stat 2>/dev/null <"/proc/$pid/stat" || true
  case "${stat##*) }" in [TtDZX]*) ;; *) false ;; esac
}
end_keepalived() {
  local main=0
  if [ "$HOLDS_VIP" = yes ]; then
    ip address del "$VIP/32" dev "$INTERFACE" 2>/dev/null
    [ -z "$VIP6" ] || ip address del "$VIP6/128" dev "$INTERFACE" 2>/dev/null
  fi
  read -r main 2>/dev/null </run/keepalived.pid || main=$pid
  kill -KILL "$pid" "$main" 2>/dev/null
  echo "keepalived stood still for $((standing / 1000)) ms as MASTER: ended, so that the peer alone has the VIP"
}

while :; do
  read -r -t 0.05 -u "$clock"
  now=${EPOCHREALTIME/[.,]/}
  # Whoever was not running himself, or whose clock was set, knows nothing of the time between.
  if ((now - tick > 150000 || now < tick)); then seen=$now; fi
  tick=$now
  # How often the process has run.
  if ! read -r _ _ count 2>/dev/null <"/proc/$pid/schedstat"; then
    find_vrrp
    seen=$now
    continue
  fi
  if [ "$count" != "$last" ]; then
    last=$count
    seen=$now
    continue
  fi
  standing=$((now - seen))
  ((standing > limit)) || continue
  # One that waits for a processor, or was just late, may go on until shortly before the peer would take over.
  if ((standing < late)) && ! stopped; then continue; fi
  if is_master; then end_keepalived; fi
  # Not again before a second is over.
  seen=$((now + 1000000))
done
