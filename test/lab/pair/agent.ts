import { describe, expect, it } from "vitest";
import { type FaultName, faults } from "../../../lab/faults/faults";
import { waitFor } from "../../../lab/host/wait";
import { nodeNames } from "../../../lab/pair/machines";
import { pair, peerOf } from "./subject";

/** Injects a fault on some nodes, and takes it back whatever happens. */
async function during(
  name: FaultName,
  nodes: readonly string[],
  work: () => Promise<unknown>,
): Promise<void> {
  const { inject, undo } = faults[name];
  try {
    for (const node of nodes) await inject(pair.plan, node);
    await work();
  } finally {
    for (const node of nodes) await undo(pair.plan, node);
  }
}

/** When a node had the VIP on its interface, in milliseconds of the clock that all machines share. */
async function held(node: string, seconds: number): Promise<number[]> {
  const look = `ip -oneline -4 address show dev eth0 | grep -qF ' ${pair.vip}/32 ' && date +%s%3N`;
  const all = await pair.sh(
    node,
    `end=$((SECONDS + ${seconds})); while [ $SECONDS -lt $end ]; do ${look}; sleep 0.01; done`,
  );
  return all.stdout.split("\n").filter(Boolean).map(Number);
}

describe("the agent", () => {
  it("tells a node's state over its socket, the peer's included", async () => {
    await pair.untilHealthy();
    const holder = await pair.holder();
    // The peer is asked every few seconds: what it said before the last change counts no more.
    const standby = async () => (await pair.agent(holder)).peer.vrrp === "BACKUP";
    await waitFor("the peer's word that it is BACKUP", 20_000, standby, 200);
    expect(await pair.agent(holder)).toMatchObject({
      node: holder,
      vrrp: { state: "MASTER" },
      vip: { mode: "arp", address: pair.vip, held: true, owner: "mine", kernel: true },
      nginx: { answers: "yes", fault: false },
      peer: { name: peerOf(holder), vrrp: "BACKUP" },
      alarms: [],
    });
    expect(await pair.agent(peerOf(holder))).toMatchObject({ vip: { held: false, kernel: false } });
    const asked = await pair.sh(holder, "setpriv --reuid www-data --clear-groups nginx-ha status --json");
    expect(asked.exitCode, "somebody else may not ask").toBe(2);
  });

  it("is not needed: with both agents stopped the VIP moves all the same", async () => {
    await pair.untilHealthy();
    const holder = await pair.holder();
    try {
      for (const node of nodeNames) await pair.succeed(node, "systemctl stop nginx-ha-agent");
      await during("nginx-kill", [holder], () => pair.untilHeldBy(peerOf(holder) as "nginx-a"));
    } finally {
      for (const node of nodeNames) await pair.succeed(node, "systemctl start nginx-ha-agent");
    }
    await pair.untilHealthy();
  });

  it("that is killed keeps nobody out of the election", async () => {
    const standby = peerOf(await pair.holder());
    await pair.succeed(standby, "echo 1 >/run/nginx-ha/track/hang; pkill -KILL -f bin/agent.j[s]");
    await waitFor("the track file to be cleared", 10_000, async () =>
      (await pair.succeed(standby, "cat /run/nginx-ha/track/hang")).startsWith("0"),
    );
    await pair.untilHealthy();
  });

  // Systemd waits a minute for it: in the full matrix only.
  if (process.env.NGINX_HA_MATRIX === "yes")
    it("that stands still is started again by systemd", async () => {
      const standby = peerOf(await pair.holder());
      const pid = () => pair.succeed(standby, "systemctl show --property MainPID --value nginx-ha-agent");
      const before = await pid();
      await pair.succeed(standby, `echo 1 >/run/nginx-ha/track/hang; kill -STOP ${before}`);
      await waitFor("another process", 120_000, async () => !["0", before].includes(await pid()), 1000);
      expect(await pair.succeed(standby, "cat /run/nginx-ha/track/hang")).toBe("0");
      await pair.untilHealthy();
    });

  it("without settings says so once, and is not started again and again", async () => {
    const standby = peerOf(await pair.holder());
    const file = "$(readlink -f /etc/nginx-ha/current)/agent.json";
    try {
      await pair.succeed(standby, `mv ${file} ${file}.away && systemctl restart nginx-ha-agent; sleep 3`);
      const { stdout } = await pair.sh(
        standby,
        "systemctl show -p ExecMainStatus -p NRestarts nginx-ha-agent",
      );
      expect(stdout.trim().split("\n").sort()).toEqual(["ExecMainStatus=78", "NRestarts=0"]);
      const said = await pair.succeed(standby, "journalctl -u nginx-ha-agent -o cat -n 20");
      expect(said).toMatch(/cannot start reason=".*agent.json cannot be read .*run pulumi up again"/);
    } finally {
      await pair.succeed(standby, `mv ${file}.away ${file}; systemctl restart nginx-ha-agent`);
    }
    await pair.untilHealthy();
  });
});

describe("keepalived-freeze on the MASTER", () => {
  it("leaves the VIP to the peer alone, at no time to both", async () => {
    await pair.untilHealthy();
    const old = await pair.holder();
    const survivor = peerOf(old);
    await during("keepalived-freeze", [old], async () => {
      await pair.untilHeldBy(survivor as "nginx-a");
    });
    await pair.untilHealthy();
    expect(await pair.holder()).toBe(survivor);

    // The same again with somebody who looks, the other way round.
    const looking = [held(survivor, 4), held(old, 4)];
    await waitFor("a second to pass", 5000, () => new Promise((done) => setTimeout(() => done(true), 1000)));
    await during("keepalived-freeze", [survivor], async () => {
      await pair.untilHeldBy(old);
    });
    const [before = [], after = []] = await Promise.all(looking);
    expect(before.length).toBeGreaterThan(10);
    expect(after.length).toBeGreaterThan(10);
    expect(Math.min(...after)).toBeGreaterThan(Math.max(...before));
    await pair.untilHealthy();
  });
});
