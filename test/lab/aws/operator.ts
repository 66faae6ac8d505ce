import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { DrillReport } from "../../../cli/report/verdict";
import type { StatusReport } from "../../../cli/status/report";
import type { SwitchoverResult } from "../../../cli/switchover/result";
import { operatorOf, printed } from "../operator/subject";
import { pair } from "./pair";
import { peerOf } from "./subject";

const nginxHa = operatorOf("test", "lab-aws");

describe("the operator's command line on the Region", () => {
  const scratch = mkdtempSync(join(tmpdir(), "nginx-ha-aws-"));
  afterAll(() => rmSync(scratch, { recursive: true, force: true }));

  it("status finds the nodes in the stack's outputs", async () => {
    await pair.untilHealthy();
    const result = await nginxHa("status", "--json");
    const report = printed<StatusReport>("status", result);
    expect(report).toMatchObject({ vip: pair.vip, verdict: "healthy", holder: await pair.holder() });
    expect(report.nodes.map(({ name, zone }) => [name, zone])).toEqual([
      ["nginx-a", "lab-1a"],
      ["nginx-b", "lab-1b"],
    ]);
    expect(result.exitCode).toBe(0);
  });

  it.each([
    "there",
    "back",
  ])("switchover %s: the other node's claim is verified, nobody is refused", async () => {
    await pair.untilHealthy();
    const from = await pair.holder();
    const result = await nginxHa("switchover", "--yes", "--json");
    const told = printed<SwitchoverResult>("switchover", result);
    expect(told).toMatchObject({
      moved: true,
      from,
      to: peerOf(from),
      measured: { refused: 0 },
      status: { holder: peerOf(from) },
    });
    expect(told.why).toBeUndefined();
    expect(result.exitCode).toBe(0);
    expect((await pair.agent(peerOf(from))).vip).toMatchObject({ held: true, owner: "mine" });
    expect(await pair.succeed(from, "cat /run/nginx-ha/track/handover")).toBe("0");
    await pair.untilHealthy();
    await pair.mustBeUnchanged();
  });

  it("drill: nginx killed and started anew, power cut, an API that is down", async () => {
    await pair.untilHealthy();
    const faults = ["nginx-kill", "nginx-restart", "node-crash", "api-down"];
    const history = ["--history", join(scratch, "drill.jsonl")];
    const result = await nginxHa("drill", ...faults, "--yes", "--json", ...history);
    const report = printed<DrillReport>("drill", result);
    const open = report.faults.flatMap(({ fault, checks }) =>
      checks.filter(({ ruling }) => ruling !== "valid").map(({ text }) => `${fault}: ${text}`),
    );
    expect(open).toEqual([]);
    expect(report).toMatchObject({ verdict: "valid", mode: "elasticIp" });
    expect(report.faults.map(({ fault, ruling }) => [fault, ruling])).toEqual(
      faults.map((fault) => [fault, "valid"]),
    );
    expect(result.exitCode).toBe(0);
    await pair.untilHealthy();
    await pair.mustBeUnchanged();
  });
});
