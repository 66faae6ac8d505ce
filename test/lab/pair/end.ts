import { describe, expect, it } from "vitest";
import { purge } from "../../../cli/purge";
import { faults } from "../../../lab/faults/faults";
import { powerOff } from "../../../lab/machines/machine";
import { nodeNames } from "../../../lab/pair/machines";
import { stackFile, stackName } from "../../../lab/pair/stack";
import { pair, peerOf } from "./subject";

describe("the end", () => {
  it("destroy with a dead node does not hang, leaves the hosts serving, and says so", async () => {
    await pair.untilHealthy();
    const holder = await pair.holder();
    const dead = peerOf(holder);
    await powerOff(pair.plan, pair.machine(dead));
    const start = performance.now();
    const { exitCode, text } = await pair.pulumi("destroy", "--yes", "--skip-preview");
    expect(exitCode).toBe(0);
    expect(performance.now() - start, "destroy took").toBeLessThan(60_000);
    expect(text).toContain(
      `nginx-a and nginx-b still serve ${pair.vip}: destroy leaves your hosts as they are.`,
    );
    expect(JSON.parse(await pair.curl()).backend).toMatch(/^backend-/);
    await faults["node-crash"].undo(pair.plan, dead);
    await pair.untilHealthy();
  });

  it("purge takes everything off a node, and is content when there is nothing", async () => {
    const source = { stack: stackName, configFile: stackFile(pair.plan), env: pair.lab.pulumi.env };
    for (const name of nodeNames) {
      expect(await purge(source, name)).toBe(`${name}: nothing of nginx-ha is left`);
    }
    expect(await pair.traces()).toEqual([]);
    expect(await purge(source, "nginx-a")).toBe("nginx-a: nothing of nginx-ha is left");
    await expect(purge(source, "nginx-c")).rejects.toThrow(
      "There is no node nginx-c; the stack has nginx-a and nginx-b.",
    );
  });
});
