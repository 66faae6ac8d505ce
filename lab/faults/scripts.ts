import { drillScripts, type Script, startBoth, thaw } from "../../cli/drill/scripts";

/** Puts a full file system over each of these directories, with the same directories in it: no space for a byte. */
const full = (directories: readonly string[]): Script => ({
  inject: `set -e; for at in ${directories.join(" ")}; do
  (cd $at; find . -xdev -type d -print0 | tar --create --null --no-recursion --files-from - >/run/fault-full.tar)
  mount -t tmpfs -o size=64k none $at
  tar --extract --directory $at --file /run/fault-full.tar
  head -c 1M /dev/zero >$at/full 2>/dev/null || true
done; rm /run/fault-full.tar`,
  undo: `for at in ${directories.join(" ")}; do umount --lazy $at 2>/dev/null || true; done`,
});

const { "node-crash": _crash, "node-reboot": _reboot, ...ofDrill } = drillScripts;

/** The faults that need no more than a shell in the machine: the drill's, and those of the lab alone. */
export const scripts = {
  ...ofDrill,
  "nginx-worker-kill": { inject: 'pkill -KILL -o -P "$(cat /run/nginx.pid)"', undo: startBoth },
  "nginx-master-freeze": { inject: 'kill -STOP "$(cat /run/nginx.pid)"', undo: thaw("nginx") },
  // At once: without the node's own handover.
  "keepalived-stop": {
    inject: "systemctl --job-mode=ignore-dependencies stop keepalived",
    undo: startBoth,
  },
  "keepalived-parent-kill": { inject: 'kill -KILL "$(cat /run/keepalived.pid)"', undo: startBoth },
  "keepalived-child-kill": { inject: 'kill -KILL "$(cat /run/vrrp.pid)"', undo: startBoth },
  "vrrp-deaf": {
    inject:
      "nft -f - <<<'table inet fault_deaf { chain in { type filter hook input priority -20; meta l4proto 112 drop; }; }'",
    undo: "nft delete table inet fault_deaf 2>/dev/null || true",
  },
  "disk-full": full(["/var/log", "/var/lib/nginx", "/tmp"]),
  "track-file-garbage": {
    inject: "printf 'no number' >/run/nginx-ha/track/hang; : >/run/nginx-ha/track/handover",
    undo: "for name in hang handover; do echo 0 >/run/nginx-ha/track/$name; done",
  },
  "track-file-missing": {
    inject: "rm -f /run/nginx-ha/track/hang /run/nginx-ha/track/handover",
    undo: "systemd-tmpfiles --create /etc/tmpfiles.d/nginx-ha.conf",
  },
  "nginx-worker-freeze": {
    inject: 'pkill -STOP -o -P "$(cat /run/nginx.pid)"',
    undo: thaw("nginx"),
  },
  // Every other one: after three in a row a BACKUP takes over.
  "vrrp-loss": {
    inject:
      "nft -f - <<<'table inet fault_loss { chain in { type filter hook input priority -20; meta l4proto 112 numgen inc mod 2 == 0 drop; }; }'",
    undo: "nft delete table inet fault_loss 2>/dev/null || true",
  },
  // A switch that learns an address anew may send a packet on every port, and so twice.
  "vrrp-twice": {
    inject:
      'PEER=$(. /etc/nginx-ha/current/node.env; echo $PEER); nft -f - <<<"table ip fault_twice { chain out { type filter hook output priority -20; ip protocol 112 dup to $PEER; }; }"',
    undo: "nft delete table ip fault_twice 2>/dev/null || true",
  },
  "busy-processors": {
    inject: "for one in 1 2 3 4; do (timeout 30 sh -c 'while :; do :; done' >/dev/null 2>&1 &); done",
    undo: "pkill -x timeout || true",
  },
} satisfies Record<string, Script>;
