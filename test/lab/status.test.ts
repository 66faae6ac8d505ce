import { describe, expect, it } from "vitest";
import {
  formatStatus,
  type NodeReport,
  type PairStatus,
  parseReport,
  problemsOf,
} from "../../lab/pair/status";

const master: NodeReport = {
  VRRP: "MASTER",
  NGINX: "active",
  CONFIG: "c1",
  PEER_CONFIG: "c1",
  GENERATION: "1-2-c1",
  SYNC: "acknowledged",
  ADDRESS: "held",
};
const backup: NodeReport = { ...master, VRRP: "BACKUP", ADDRESS: "-" };

const pair = (a: NodeReport | undefined, b: NodeReport | undefined): PairStatus => ({
  name: "edge",
  vip: "192.0.2.100",
  nodes: [
    { name: "nginx-a", zone: "rack-1", priority: 254, report: a },
    { name: "nginx-b", zone: "rack-2", priority: 253, report: b },
  ],
});

describe("formatStatus", () => {
  it("shows a healthy pair", () => {
    expect(formatStatus(pair(master, backup))).toBe(
      `edge   VIP 192.0.2.100 on nginx-a   healthy
NODE     ZONE    PRIORITY  VRRP    NGINX   CONFIG   GENERATION  ADDRESS
nginx-a  rack-1  254       MASTER  active  current  1-2-c1      held
nginx-b  rack-2  253       BACKUP  active  current  1-2-c1      -`,
    );
  });

  it("shows a dead node, what is wrong, and what to run", () => {
    expect(formatStatus(pair(undefined, { ...master, PEER_CONFIG: "" }))).toBe(
      `edge   VIP 192.0.2.100 on nginx-b   degraded
NODE     ZONE    PRIORITY  VRRP    NGINX   CONFIG   GENERATION  ADDRESS
nginx-a  rack-1  254       -       -       -        -           -
nginx-b  rack-2  253       MASTER  active  unknown  1-2-c1      held
# nginx-a: does not answer (run: npm run lab)`,
    );
  });
});

describe("problemsOf", () => {
  it.each<[string, PairStatus, string[]]>([
    ["two holders first", pair(master, master), ["two nodes hold the VIP: nginx-a and nginx-b"]],
    ["nobody", pair(backup, backup), ["nobody holds the VIP"]],
    [
      "a MASTER without the address",
      pair({ ...master, ADDRESS: "-" }, { ...backup, ADDRESS: "held" }),
      ["nginx-a: MASTER without the VIP"],
    ],
    [
      "an agent without an answer",
      pair(master, { ...backup, ADDRESS: "unknown" }),
      ["nginx-b: its agent has no answer from EC2 (see: journalctl -u nginx-ha-agent)"],
    ],
    [
      "a dead keepalived",
      pair(master, { ...backup, VRRP: "-" }),
      ["nginx-b: keepalived is not running (run: npm run pulumi -- up)"],
    ],
    [
      "a stopped nginx",
      pair(master, { ...backup, VRRP: "FAULT", NGINX: "inactive" }),
      ["nginx-b: nginx is inactive"],
    ],
    [
      "a FAULT",
      pair(master, { ...backup, VRRP: "FAULT" }),
      ["nginx-b: FAULT, takes no part in the election"],
    ],
    [
      "different configurations",
      pair({ ...master, PEER_CONFIG: "c2" }, { ...backup, CONFIG: "c2" }),
      ["the nodes serve different configurations (run: npm run pulumi -- up)"],
    ],
  ])("tells of %s", (_title, status, expected) => {
    expect(problemsOf(status)).toEqual(expected);
  });
});

it("speaks of certificates from 21 days before their end, without calling the pair degraded", () => {
  const status = pair({ ...master, CERTIFICATES: "main:90 /etc/ssl/a:b.pem:21 old:-1" }, backup);
  expect(problemsOf(status)).toEqual([]);
  const renew = "(renew it, then run: pulumi up)";
  expect(formatStatus(status).split("\n").slice(-2)).toEqual([
    `# nginx-a: certificate /etc/ssl/a:b.pem expires in 21 days ${renew}`,
    `# nginx-a: certificate old has expired ${renew}`,
  ]);
});

it("parseReport reads what node-status prints", () => {
  expect(
    parseReport(
      "VRRP=BACKUP\nNGINX=active\nCONFIG=c1\nPEER_CONFIG=\nGENERATION=1-2-c1\nSYNC=acknowledged\nADDRESS=-\n",
    ),
  ).toEqual({
    ...backup,
    PEER_CONFIG: "",
  });
});
