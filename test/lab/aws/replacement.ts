import { describe, expect, it } from "vitest";
import { failures, type Probe } from "../../../cli/probe/probes";
import { probeWhile } from "../../../lab/probe/probe";
import { pair } from "./pair";

/** The moments around which requests failed: failures less than two seconds apart are one. */
function outages(probes: readonly Probe[]): { start: number; end: number }[] {
  const found: { start: number; end: number }[] = [];
  for (const { start, end } of probes.filter(({ status }) => status !== 200)) {
    const last = found.at(-1);
    if (last && start - last.end < 2000) last.end = Math.max(last.end, end);
    else found.push({ start, end });
  }
  return found;
}

describe("replacement of the nodes' machines", () => {
  it("goes one after the other under traffic, and loses nothing but at the two switchovers", async () => {
    await pair.untilHealthy();
    const before = [await pair.instance("nginx-a"), await pair.instance("nginx-b")];
    await pair.configure(["instances", "type"], "t3.medium");
    const probes = await probeWhile(pair.throughVip(), () => pair.mustUp(), { intervalMs: 20, limitS: 280 });
    await pair.untilHealthy();
    const after = [await pair.instance("nginx-a"), await pair.instance("nginx-b")];
    expect(after.map(({ id }) => id)).not.toEqual(before.map(({ id }) => id));
    expect(after.map(({ privateIp }) => privateIp)).toEqual(before.map(({ privateIp }) => privateIp));
    const lost = outages(probes);
    expect(lost.length, `${JSON.stringify(lost)}\n${failures(probes)}`).toBeLessThanOrEqual(2);
    for (const { start, end } of lost) expect(end - start).toBeLessThan(10_000);
    expect(await pair.mustUp("--expect-no-changes")).toMatch(/unchanged/);
  });

  it("stops when the first node's new machine fails: the other one is not touched and serves", async () => {
    const other = await pair.instance("nginx-b");
    await pair.configure(["instances", "runcmd"], ["exit 7"]);
    const { exitCode, text } = await pair.up();
    expect(exitCode).not.toBe(0);
    expect(text).toContain("nginx-a: cloud-init failed; see /var/log/cloud-init-output.log there");
    expect((await pair.instance("nginx-b")).id).toBe(other.id);
    expect(await pair.holder()).toBe("nginx-b");
    expect(JSON.parse(await pair.curl())).toHaveProperty("backend");
  });

  it("replaces both for other user data, which then ran on both, and for another image", async () => {
    const { images, instances } = await pair.model();
    const used = instances[(await pair.instance("nginx-b")).id]?.imageId;
    const other = Object.keys(images).find((id) => id !== used);
    await pair.configure(["instances", "runcmd"], ["touch /etc/made-by-user-data"]);
    await pair.configure(["instances", "image"], other);
    await pair.mustUp();
    await pair.untilHealthy();
    const after = (await pair.model()).instances;
    for (const node of ["nginx-a", "nginx-b"]) {
      expect(after[(await pair.instance(node)).id]?.imageId).toBe(other);
      await pair.succeed(node, "test -e /etc/made-by-user-data");
    }
    expect(JSON.parse(await pair.curl())).toHaveProperty("backend");
  });
});
