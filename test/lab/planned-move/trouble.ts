import { describe, expect, it } from "vitest";
import { waitFor } from "../../../lab/host/wait";
import { type NodeName, nodeNames } from "../../../lab/pair/machines";
import { peerOf } from "../pair/subject";
import { plannedMove } from "./subject";

const { pair } = plannedMove;

/** A move with connections that do not end, up to its drain. @returns the old node, and the command that waits for them */
async function draining(): Promise<{
  from: NodeName;
  to: NodeName;
  moving: Promise<unknown>;
  end(): Promise<unknown>;
}> {
  await pair.untilHealthy();
  const from = await pair.holder();
  const clients = await plannedMove.clients();
  const moving = plannedMove.switchover().catch((error: Error) => error.message);
  await plannedMove.untilDraining(from).catch(async (error) => {
    await clients.kill();
    throw error;
  });
  return { from, to: peerOf(from), moving, end: clients.kill };
}

const untilNothingIsLeft = (name: string): Promise<unknown> =>
  waitFor(`nothing of a drain on ${name}`, 30_000, async () => (await plannedMove.traces(name)) === "", 200);

describe("during a drain", () => {
  it("a second move is refused with the time that is left, and --now cuts and says how many", async () => {
    const { from, moving, end } = await draining();
    try {
      const refused = await plannedMove.nginxHaAnswered("switchover", "--yes");
      expect(refused.stdout).toMatch(
        new RegExp(
          `the last move is not over: ${from} keeps \\d+ established connections for \\d+ s at most \\(--now cuts them`,
        ),
      );
      expect(refused.exitCode).toBe(1);
      const { stdout } = await plannedMove.nginxHaAnswered("status");
      expect(stdout).toMatch(new RegExp(`# ${from} keeps \\d+ established connections for \\d+ s at most`));
      const again = await plannedMove.nginxHaAnswered("switchover", "--yes", "--now");
      expect(again.stdout).toMatch(/^\d{3} established connections of the last move were cut\.$/m);
      expect(again.exitCode).toBe(0);
    } finally {
      await end();
    }
    expect(await moving).toMatchObject({ moved: true, drain: { reason: "stopped" } });
    expect(await pair.holder()).toBe(from);
    for (const name of nodeNames) await untilNothingIsLeft(name);
  });

  it("the old node's power is cut: nothing is sent on to it any more, and new connections go on", async () => {
    const { from, to, moving, end } = await draining();
    try {
      await pair.power("cut", from);
      await untilNothingIsLeft(to);
      for (let count = 0; count < 20; count++) await pair.curl();
    } finally {
      await end();
      await pair.power("restore", from);
    }
    await moving;
    await pair.untilHealthy();
    for (const name of nodeNames) await untilNothingIsLeft(name);
  });

  it("the new node's power is cut: the old one has the VIP again, and its connections go on", async () => {
    await pair.untilHealthy();
    const from = await pair.holder();
    const clients = await plannedMove.clients();
    try {
      const moving = plannedMove.switchover().catch((error: Error) => error.message);
      await plannedMove.untilDraining(from, 3);
      await pair.power("cut", peerOf(from));
      await pair.untilHeldBy(from);
      await untilNothingIsLeft(from);
      for (let count = 0; count < 20; count++) await pair.curl();
      const became = await clients.end();
      expect(Object.entries(became).filter(([, { error }]) => error !== undefined)).toEqual([]);
      await moving;
    } finally {
      await clients.kill();
      await pair.power("restore", peerOf(from));
    }
    await pair.untilHealthy();
    for (const name of nodeNames) await untilNothingIsLeft(name);
  });

  it.each([
    "keep",
    "detour",
  ] as const)("whoever kills the program of %s ends it and leaves nothing", async (role) => {
    const { from, to, moving, end } = await draining();
    const node = role === "keep" ? from : to;
    try {
      await pair.succeed(
        node,
        `systemctl kill --kill-whom=main --signal=KILL nginx-ha-drain@${role}.service`,
      );
      await untilNothingIsLeft(node);
      for (let count = 0; count < 20; count++) await pair.curl();
    } finally {
      await end();
    }
    await moving;
    await pair.untilHealthy();
    for (const name of nodeNames) await untilNothingIsLeft(name);
  });

  it("an agent that is killed changes nothing", async () => {
    await pair.untilHealthy();
    const from = await pair.holder();
    const clients = await plannedMove.clients();
    try {
      const moving = plannedMove.switchover();
      await plannedMove.untilDraining(from, 3);
      for (const name of nodeNames) await pair.succeed(name, "systemctl kill --signal=KILL nginx-ha-agent");
      const became = await clients.end();
      expect(Object.entries(became).filter(([, { error }]) => error !== undefined)).toEqual([]);
      expect(await moving).toMatchObject({ moved: true, drain: { cut: 0 } });
    } finally {
      await clients.kill();
    }
    await pair.untilHealthy();
  });
});

it("a node that cannot keep connections moves the VIP all the same, and says why", async () => {
  await pair.untilHealthy();
  const from = await pair.holder();
  const standby = peerOf(from);
  await pair.succeed(standby, "echo '{}' >/run/nginx-ha/drain/keep.json");
  try {
    const { stdout, exitCode } = await plannedMove.nginxHaAnswered("switchover", "--yes");
    expect(stdout).toContain(
      `# ${standby} cannot keep established connections: ${standby} has its part of another drain (keep), which is not over; they are cut`,
    );
    expect(exitCode).toBe(0);
  } finally {
    await pair.succeed(standby, "rm -f /run/nginx-ha/drain/keep.json");
  }
  expect(await pair.holder()).toBe(standby);
  for (const name of nodeNames) await untilNothingIsLeft(name);
});
