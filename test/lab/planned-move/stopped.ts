import { describe, expect, it } from "vitest";
import { judge } from "../../../cli/probe/probes";
import { waitFor } from "../../../lab/host/wait";
import { nodeNames } from "../../../lab/pair/machines";
import { probeWhile, throughVip } from "../../../lab/probe/probe";
import { newPackage, noPackage } from "../operator/package";
import { peerOf } from "../pair/subject";
import { plannedMove } from "./hosts";
import { cutOff, cutOffOnOld, IDLE, SENT_AWAY } from "./subject";
import { drainingBy, whileDraining } from "./while-draining";

const { pair } = plannedMove;
const UNIT = "stops-something";

/** What is done to the holder, and what shows on it that it was. */
const stops = {
  "systemctl restart keepalived": "systemctl show -P ActiveEnterTimestampMonotonic keepalived",
  "systemctl restart nginx": "systemctl show -P ActiveEnterTimestampMonotonic nginx",
  "systemctl reboot": "cat /proc/sys/kernel/random/boot_id",
};

/** A container that reboots is off until somebody starts it again. */
const untilDone = (command: string, name: string, look: string, before: string): Promise<unknown> =>
  waitFor(
    `${name} to have done it: ${command}`,
    120_000,
    async () => {
      // One that is shutting down does not let itself be restored.
      if (command.endsWith("reboot")) await pair.power("restore", name).catch(() => undefined);
      const now = await pair.sh(name, look).catch(() => undefined);
      return now?.exitCode === 0 && now.stdout.trim() !== before;
    },
    1000,
  );

/** Has the holder do something that stops nginx, keepalived or itself, under clients of every kind. */
async function whileStopping(command: string, look: string): Promise<void> {
  await pair.untilHealthy();
  const from = await pair.holder();
  const to = peerOf(from);
  const before = await pair.succeed(from, look);
  const clients = await plannedMove.clients();
  try {
    const probes = await probeWhile(throughVip(pair.plan), async () => {
      await pair.succeed(from, `systemd-run --quiet --collect --unit=${UNIT} ${command}`);
      await plannedMove.untilDraining(from, SENT_AWAY);
      await pair.untilHeldBy(to);
      expect((await plannedMove.drainOf(from))?.connections).toBeGreaterThan(IDLE);
      expect(await plannedMove.diverted(to)).toBeGreaterThan(0);
      expect(cutOff(await clients.end())).toEqual([]);
    });
    expect(judge(probes)).toMatchObject({ failed: 0 });
  } finally {
    await clients.kill();
  }
  await untilDone(command, from, look, before);
  for (const name of nodeNames) await plannedMove.untilNothingIsLeft(name);
  await pair.untilHealthy();
  expect(await pair.holder()).toBe(to);
}

/** Something makes a node drain, which cuts none of the clients of every kind off. */
async function keepsAll<T>(from: string, start: () => Promise<T>): Promise<T> {
  const clients = await plannedMove.clients();
  return drainingBy(plannedMove, from, SENT_AWAY, start(), {
    work: async () => expect(cutOff(await clients.end())).toEqual([]),
    end: () => clients.kill(),
  });
}

/** What a node does before it stops. */
export function handsOverFirst(): void {
  describe("whoever stops nginx, keepalived or the holder itself", () => {
    it.each(Object.entries(stops))("has it hand over first: %s", whileStopping);

    it("pulumi up that has to start nginx and keepalived anew hands over first", async () => {
      await pair.untilHealthy();
      const from = await pair.holder();
      const started = "systemctl show -P ActiveEnterTimestampMonotonic nginx keepalived";
      const before = await pair.succeed(from, started);
      // As if an earlier release of ours had other units.
      for (const unit of ["nginx", "keepalived"])
        await pair.succeed(
          from,
          `echo '# earlier' >>/etc/nginx-ha/current/systemd/${unit}.service.d/nginx-ha.conf`,
        );
      const up = () => pair.withConfig(["sync"], { interval: 11 }, () => pair.mustUp());
      const probes = await probeWhile(throughVip(pair.plan), () => keepsAll(from, up));
      expect(judge(probes)).toMatchObject({ failed: 0 });
      const after = await pair.succeed(from, started);
      const same = after.split("\n").filter((line) => before.split("\n").includes(line));
      expect(same.filter(Boolean), "both were started anew").toEqual([]);
      await pair.mustUp();
      await pair.untilHealthy();
      expect(await pair.holder()).toBe(peerOf(from));
    });

    it("an upgrade of both nodes cuts nobody off", async () => {
      await pair.untilHealthy();
      const from = await pair.holder();
      for (const name of nodeNames) await pair.succeed(name, newPackage);
      try {
        const upgrade = () => plannedMove.nginxHaAnswered("upgrade", "--yes");
        const { exitCode, stdout, stderr } = await keepsAll(from, upgrade);
        const said = stdout + stderr;
        expect(said).toMatch(new RegExp(`${from} had \\d{4} established connections, of which 0 were cut`));
        expect(exitCode, said).toBe(0);
      } finally {
        for (const name of nodeNames) await pair.succeed(name, noPackage);
      }
      await pair.untilHealthy();
      expect(await pair.holder()).toBe(peerOf(from));
    });

    it("gives the VIP back to a peer that still drains, which keeps its connections", async () => {
      let old = "";
      const told = await whileDraining(
        plannedMove,
        async ({ from, to, clients }) => {
          old = from;
          await pair.succeed(to, `systemd-run --quiet --collect --unit=${UNIT} systemctl restart keepalived`);
          await pair.untilHeldBy(from);
          expect(cutOffOnOld(await clients.end())).toEqual([]);
        },
        SENT_AWAY,
      );
      expect(told.drain).toMatchObject({ reason: "back", cut: 0 });
      await pair.untilHealthy();
      expect(await pair.holder()).toBe(old);
      for (const name of nodeNames) await plannedMove.untilNothingIsLeft(name);
    });

    it("waits for nothing where the peer could not take the VIP", async () => {
      await pair.untilHealthy();
      const holder = await pair.holder();
      const standby = peerOf(holder);
      await pair.succeed(standby, "systemctl stop keepalived");
      try {
        const began = performance.now();
        await pair.succeed(holder, "systemctl restart nginx");
        expect(performance.now() - began, "ms").toBeLessThan(10_000);
        await pair.untilHeldBy(holder);
      } finally {
        await pair.succeed(standby, "systemctl start keepalived");
      }
      await pair.untilHealthy();
    });
  });
}
