import { describe, expect, it } from "vitest";
import { problemsOf, verdictOf } from "../../../cli/status/judge";
import type { PairStatus } from "../../../cli/status/pair-status";
import { backup, master, pair } from "./example";

const told = (status: PairStatus): string[] =>
  problemsOf(status).map(({ kind, node, text }) => `${kind}: ${node ? `${node}: ` : ""}${text}`);

const agent = backup.AGENT;
if (!agent) throw new Error("the example has an agent");

describe("problemsOf", () => {
  it("has nothing to say of a healthy pair", () => {
    expect(problemsOf(pair(master, backup))).toEqual([]);
  });

  it.each<[string, PairStatus, string[]]>([
    [
      "two holders, both MASTER",
      pair(master, master),
      [
        "two-holders: two nodes hold the VIP: nginx-a and nginx-b",
        "two-masters: both nodes are MASTER: they do not hear each other",
      ],
    ],
    [
      "an address that was added by hand",
      pair(master, { ...backup, ADDRESS: "held" }),
      [
        "two-holders: two nodes hold the VIP: nginx-a and nginx-b",
        "vip-without-master: nginx-b: has the VIP and is BACKUP",
      ],
    ],
    ["nobody", pair(backup, backup), ["no-holder: nobody holds the VIP"]],
    [
      "an address that disagrees with VRRP",
      pair({ ...master, ADDRESS: "-" }, { ...backup, ADDRESS: "held" }),
      [
        "master-without-vip: nginx-a: MASTER without the VIP",
        "vip-without-master: nginx-b: has the VIP and is BACKUP",
      ],
    ],
    [
      "a MASTER that lacks one of two addresses",
      pair({ ...master, ADDRESS: "part" }, backup),
      ["vip-in-part: nginx-a: MASTER with one of the VIP's addresses, not both"],
    ],
    [
      "one of two addresses on the other node",
      pair(master, { ...backup, ADDRESS: "part" }),
      [
        "two-holders: two nodes hold the VIP: nginx-a and nginx-b",
        "vip-without-master: nginx-b: has the VIP and is BACKUP",
      ],
    ],
    [
      "a dead node",
      pair({ ...master, AGENT: { ...agent, peer: { vrrp: "-" } } }, undefined),
      ["node-unreachable: nginx-b: does not answer within 2 s"],
    ],
    [
      "a node that only SSH does not reach",
      pair({ ...master, AGENT: { ...agent, peer: { vrrp: "BACKUP" } } }, undefined),
      ["node-unreachable: nginx-b: does not answer within 2 s; its peer hears it as BACKUP"],
    ],
    [
      "a MASTER that only SSH does not reach",
      pair(undefined, { ...backup, AGENT: { ...agent, peer: { vrrp: "MASTER" } } }),
      ["node-unreachable: nginx-a: does not answer within 2 s; its peer hears it as MASTER"],
    ],
    [
      "a MASTER that is gone",
      pair(undefined, { ...backup, AGENT: { ...agent, peer: { vrrp: "-" } } }),
      ["no-holder: nobody holds the VIP", "node-unreachable: nginx-a: does not answer within 2 s"],
    ],
    [
      "an agent without an answer from EC2",
      pair(master, { ...backup, ADDRESS: "unknown" }),
      ["address-unknown: nginx-b: its agent has no answer from EC2"],
    ],
    [
      "a dead keepalived",
      pair(master, { ...backup, VRRP: "-" }),
      ["keepalived-down: nginx-b: keepalived does not run"],
    ],
    [
      "a stopped nginx",
      pair(master, { ...backup, VRRP: "FAULT", NGINX: "inactive", CONFIG: "", TRACKS: "nginx" }),
      ["nginx-down: nginx-b: nginx is inactive"],
    ],
    [
      "a silent nginx",
      pair(master, { ...backup, CONFIG: "" }),
      ["nginx-silent: nginx-b: nginx is active and does not answer"],
    ],
    [
      "a FAULT, and why",
      pair(master, { ...backup, VRRP: "FAULT", TRACKS: "hang" }),
      ["fault: nginx-b: FAULT, takes no part in the election (track file: hang)"],
    ],
    [
      "a handover that was left behind",
      pair(master, { ...backup, VRRP: "FAULT", TRACKS: "handover" }),
      ["handover-set: nginx-b: a handover was begun and not ended"],
    ],
    [
      "a node that is being stopped",
      pair(master, { ...backup, HANDOVER: "deactivating" }),
      [
        "stopping: nginx-b: nginx, keepalived or the node is being stopped; established connections go on until they end",
      ],
    ],
    [
      "a node that would not hand over",
      pair(master, { ...backup, HANDOVER: "inactive" }),
      [
        "handover-down: nginx-b: its handover unit is inactive: a stop of nginx, keepalived or the node would not hand over",
      ],
    ],
    [
      "an agent and a guard that do not run",
      pair(master, { ...backup, AGENT: undefined, AGENT_UNIT: "inactive", GUARD: "failed" }),
      ["agent-down: nginx-b: its agent is inactive", "guard-down: nginx-b: its guard is failed"],
    ],
    [
      "what is left of a drain",
      pair(master, { ...backup, DRAIN_LEFT: "keep" }),
      ["drain-left: nginx-b: a drain (keep) was not taken back altogether"],
    ],
    [
      "an agent's alarms",
      pair(master, {
        ...backup,
        AGENT: { ...agent, alarms: [{ kind: "clock", reason: "the clock is off by 3600 s", since: "" }] },
      }),
      ["alarm: nginx-b: alarm clock: the clock is off by 3600 s"],
    ],
  ])("tells of %s", (_title, status, expected) => {
    expect(told(status)).toEqual(expected);
  });

  it("the one that does not hold the VIP is the one that is behind", () => {
    const differing = { ...backup, CONFIG: "c0" };
    expect(told(pair(master, differing))).toEqual(["config-differs: nginx-b: config differs"]);
    expect(told(pair({ ...differing, NODE: "nginx-a" }, { ...master, NODE: "nginx-b" }))).toEqual([
      "config-differs: nginx-a: config differs",
    ]);
  });
});

describe("verdictOf", () => {
  it.each<[string, PairStatus]>([
    ["healthy", pair(master, backup)],
    ["degraded", pair(master, undefined)],
    ["unknown", pair(undefined, undefined)],
  ])("%s", (verdict, status) => {
    expect(verdictOf(status)).toBe(verdict);
  });
});
