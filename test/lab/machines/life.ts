import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { run } from "../../../lab/host/run";
import { groupOf } from "../../../lab/machines/machine";
import { findLab, startLab, stopLab } from "../../../lab/state/lifecycle";
import { REGISTRY_DIRECTORY } from "../../../lab/state/slots";
import { before, forwarding, lab, pings, sh } from "./subject";
import { traces } from "./traces";

/** Tests of a lab of which something is gone, and of its end. */
export function life(): void {
  test("a lab whose processes were all killed is recognised, and started again with its files", async () => {
    const { input, plan, left, right } = lab();
    await sh(right, "echo kept > /root/file");
    for (const machine of plan.machines) {
      const { directories } = await groupOf(plan, machine);
      await run(["sh", "-c", `find ${directories[0]} -name cgroup.procs -exec cat {} + | xargs kill -KILL`]);
    }
    expect((await findLab(input))?.state.status).toBe("broken");
    expect((await startLab(input)).slot).toBe(plan.slot);
    expect((await findLab(input))?.state.status).toBe("running");
    expect((await sh(right, "cat /root/file")).stdout).toBe("kept\n");
    expect(await pings(left, right)).toBe(true);
  });

  test("a lab whose network is gone is built anew around the machines' files", async () => {
    const { input, plan, left, right } = lab();
    await run(["ip", "netns", "delete", `nha-${plan.id}-lan`]);
    expect((await findLab(input))?.state.status).toBe("broken");
    await startLab(input);
    expect((await sh(right, "cat /root/file")).stdout).toBe("kept\n");
    expect(await pings(left, right)).toBe(true);
  });

  test("stopping leaves nothing, even when half of it and the record are gone, and stopping again does no harm", async () => {
    const { clone, input, plan } = lab();
    expect((await traces(plan)).length).toBeGreaterThan(5);
    await run(["ip", "netns", "delete", `nha-${plan.id}-right`]);
    await rm(join(plan.directory, "lab.json"));
    await stopLab(input);
    expect(await traces(plan)).toEqual([]);
    expect(existsSync(join(clone, ".lab"))).toBe(false);
    if (before.alone && !existsSync(REGISTRY_DIRECTORY)) expect(forwarding()).toBe(before.forwarding);
    await stopLab(input);
  });
}
