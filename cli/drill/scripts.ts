/** A failure that a script makes inside of a machine, as root; `undo` is harmless when nothing was injected. */
export interface Script {
  inject: string;
  undo: string;
}

export const startBoth = "systemctl reset-failed nginx keepalived; systemctl start nginx keepalived";
/** Nobody there to thaw is as good. */
export const thaw = (name: string): string => `pkill -CONT -x ${name} || [ $? = 1 ]`;

const table = (rules: string): Script => ({
  inject: `. /etc/nginx-ha/current/node.env
nft -f - <<END
table inet nginx_ha_drill {
${rules}
}
END`,
  undo: "! nft list table inet nginx_ha_drill >/dev/null 2>&1 || nft delete table inet nginx_ha_drill",
});

/** The faults of a drill that need no more than a shell on the node. */
export const drillScripts = {
  "nginx-kill": { inject: "pkill -KILL -x nginx", undo: startBoth },
  // At once: a stop that waits for the node's own handover is a planned move.
  "nginx-stop": { inject: "systemctl --job-mode=ignore-dependencies stop nginx", undo: startBoth },
  // Until its drain is over nginx runs, and a start would cut what is left.
  "nginx-restart": {
    inject: "systemctl restart --no-block nginx",
    undo: `{ systemctl --quiet is-active nginx && systemctl --quiet is-active keepalived; } || { ${startBoth}; }`,
  },
  "nginx-hang": { inject: 'pkill -STOP -P "$(cat /run/nginx.pid)"', undo: thaw("nginx") },
  "keepalived-kill": { inject: "pkill -KILL -x keepalived", undo: startBoth },
  "keepalived-freeze": {
    inject: 'kill -STOP "$(cat /run/vrrp.pid)" "$(cat /run/keepalived.pid)"',
    undo: `${thaw("keepalived")} && { ${startBoth}; }`,
  },
  // What reads the connection of this very script must hear that it worked.
  "node-reboot": { inject: "(sleep 0.2; systemctl reboot) >/dev/null 2>&1 &", undo: startBoth },
  "node-crash": {
    inject: "(sleep 0.2; echo b >/proc/sysrq-trigger) >/dev/null 2>&1 &",
    undo: startBoth,
  },
  partition: table(`  chain in { type filter hook input priority -20; ip saddr $PEER drop; }
  chain out { type filter hook output priority -20; ip daddr $PEER drop; }`),
  "api-down": table(
    `  chain out { type filter hook output priority -20; meta skuid "nginx-ha-agent" tcp dport 443 drop; }`,
  ),
} satisfies Record<string, Script>;

export type DrillFault = keyof typeof drillScripts;
