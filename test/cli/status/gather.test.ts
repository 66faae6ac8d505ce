import { describe, expect, it } from "vitest";
import { TooSlow } from "../../../cli/run";
import type { Remote } from "../../../cli/ssh";
import { answerOf, statusOf } from "../../../cli/status/gather";
import type { Inventory } from "../../../config/inventory";

const lines = (more: Record<string, string> = {}): string =>
  Object.entries({
    NODE: "nginx-a",
    VRRP: "MASTER",
    NGINX: "active",
    ADDRESS: "held",
    CONFIG: "c1",
    AGENT: JSON.stringify({ vrrp: { since: "x" }, vip: { mode: "arp" }, peer: { vrrp: "-" }, alarms: [] }),
    ...more,
  })
    .map(([key, value]) => `${key}=${value}\n`)
    .join("");

const said = (stdout: string, exitCode = 0, stderr = "") => answerOf("nginx-a", { exitCode, stdout, stderr });

describe("answerOf", () => {
  it("reads a report, of an older program too", () => {
    expect(said(lines())).toMatchObject({
      report: { VRRP: "MASTER", GUARD: "", AGENT: { peer: { vrrp: "-" } } },
    });
  });

  it("reads a node's part of a drain, and does without one", () => {
    const DRAIN = '{"role":"keep","phase":"draining","secondsLeft":43,"connections":12}';
    expect(said(lines({ DRAIN }))).toMatchObject({ report: { DRAIN: { secondsLeft: 43, connections: 12 } } });
    expect(said(lines({ DRAIN: "" }))).not.toHaveProperty("report.DRAIN");
  });

  it("does without an agent that says something else", () => {
    expect(said(lines({ AGENT: "{}" }))).toMatchObject({ report: { VRRP: "MASTER" } });
    expect(said(lines({ AGENT: "{" }))).not.toHaveProperty("report.AGENT");
  });

  it.each([
    [
      "garbage",
      said("Welcome to Debian\n"),
      "answers, and not with a status: its shell says something of its own",
    ],
    ["nothing", said(""), "answers, and not with a status: its shell says something of its own"],
    ["another node", said(lines({ NODE: "nginx-b" })), "answers as nginx-b: another node's address"],
    ["an empty machine", said("", 127), "answers, and nothing of nginx-ha is on it (run: pulumi up)"],
    [
      "a refused login",
      said("", 255, "root@192.0.2.11: Permission denied (publickey).\n"),
      "does not answer: root@192.0.2.11: Permission denied (publickey)",
    ],
  ])("says why there is no report: %s", (_title, answer, reason) => {
    expect(answer).toEqual({ reason });
  });
});

describe("statusOf", () => {
  const ssh = { host: "192.0.2.11", port: 22, user: "root", hostKey: "k", privateKey: "p" };
  const inventory: Inventory = {
    name: "edge",
    vip: "192.0.2.100",
    port: 80,
    production: false,
    nodes: [
      { name: "nginx-a", zone: "-", ssh },
      { name: "nginx-b", zone: "-", ssh },
    ],
  };
  const remote = (name: string, run: Remote["run"]): Remote => ({ name, run, start: () => Promise.reject() });
  const never: Remote["run"] = (_script, _limit, { signal } = {}) =>
    new Promise((_done, failed) => signal?.addEventListener("abort", () => failed(new TooSlow("ended"))));

  it("does not wait for a node that its peer does not hear", async () => {
    const start = performance.now();
    const alive = remote("nginx-a", async () => ({ exitCode: 0, stdout: lines(), stderr: "" }));
    const { nodes } = await statusOf(inventory, [alive, remote("nginx-b", never)]);
    expect(performance.now() - start).toBeLessThan(1000);
    expect(nodes[0]?.report?.VRRP).toBe("MASTER");
    expect(nodes[1]).toMatchObject({ reason: "does not answer, and its peer does not hear it either" });
  });
});
