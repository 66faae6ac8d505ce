import { describe, expect, it } from "vitest";
import { renderStatus } from "../../../cli/status/render";
import { reportOf, statusReport } from "../../../cli/status/report";
import { backup, master, pair } from "./example";

describe("renderStatus", () => {
  it("shows a healthy pair", () => {
    expect(renderStatus(reportOf(pair(master, backup)))).toBe(
      `edge   VIP 192.0.2.100 on nginx-a   healthy
NODE     ZONE    PRIORITY  VRRP    NGINX   CONFIG   GENERATION  ADDRESS
nginx-a  rack-1  254       MASTER  active  current  1-2-c1      held
nginx-b  rack-2  253       BACKUP  active  current  1-2-c1      -`,
    );
  });

  it("shows a dead node, and what is wrong after the table", () => {
    const holder = { ...master, NODE: "nginx-b", AGENT: undefined, AGENT_UNIT: "failed" };
    expect(renderStatus(reportOf(pair(undefined, holder)))).toBe(
      `edge   VIP 192.0.2.100 on nginx-b   degraded
NODE     ZONE    PRIORITY  VRRP    NGINX   CONFIG   GENERATION  ADDRESS
nginx-a  rack-1  254       -       -       -        -           -
nginx-b  rack-2  253       MASTER  active  current  1-2-c1      held
# nginx-a: does not answer within 2 s
# nginx-b: its agent is failed (see: nginx-ha logs --unit nginx-ha-agent)
# what each means and what to do: docs/runbook.md`,
    );
  });

  it("says what a planned move's old node still has, and calls nothing wrong", () => {
    const DRAIN = { role: "keep", phase: "draining", secondsLeft: 43, connections: 1 } as const;
    const report = reportOf(pair(master, { ...backup, DRAIN }));
    expect(renderStatus(report).split("\n").at(-1)).toBe(
      "# nginx-b keeps 1 established connection for 43 s at most",
    );
    expect(report.verdict).toBe("healthy");
    expect(statusReport.parse(report).drain).toEqual({ node: "nginx-b", connections: 1, secondsLeft: 43 });
    const detour = { ...DRAIN, role: "detour" } as const;
    expect(reportOf(pair({ ...master, DRAIN: detour }, backup))).not.toHaveProperty("drain");
  });

  it("says first that two nodes hold the VIP", () => {
    const [first, second] = renderStatus(reportOf(pair(master, { ...backup, ADDRESS: "held" }))).split("\n");
    expect(first).toBe("# two nodes hold the VIP: nginx-a and nginx-b");
    expect(second).toBe("# nginx-b: has the VIP and is BACKUP");
  });

  it("speaks of certificates from 21 days before their end, without calling the pair degraded", () => {
    const ends = { ...master, CERTIFICATES: "main:90 /etc/ssl/a:b.pem:21 old:-1" };
    const lines = renderStatus(reportOf(pair(ends, backup))).split("\n");
    expect(lines[0]).toMatch(/healthy$/);
    const renew = "(renew it, then run: pulumi up)";
    expect(lines.slice(-2)).toEqual([
      `# nginx-a: certificate /etc/ssl/a:b.pem expires in 21 days ${renew}`,
      `# nginx-a: certificate old has expired ${renew}`,
    ]);
  });

  it("tells every certificate with its days, as the holder serves it", () => {
    const served = { ...master, CERTIFICATES: "main:90 week:3/1 new:placeholder" };
    const report = reportOf(pair(served, backup));
    expect(renderStatus(report).split("\n")).toContain(
      "certificates, days left: main 90, week 3, new stand-in",
    );
    expect(report.nodes[0]?.certificates).toEqual([
      { name: "main", days: 90 },
      { name: "week", days: 3, soon: 1 },
      { name: "new" },
    ]);
    expect(statusReport.parse(report)).toEqual(report);
  });

  it("speaks of certificates by ACME when their renewal is late, and while a stand-in is served", () => {
    const served = { ...master, CERTIFICATES: "week:3/1 late:1/1 quarter:20/21 new:placeholder" };
    const lines = renderStatus(reportOf(pair(served, backup))).split("\n");
    const log = "(see: nginx-ha logs --unit nginx-ha-acme)";
    expect(lines.slice(-3)).toEqual([
      `# nginx-a: certificate late expires in 1 days ${log}`,
      `# nginx-a: certificate quarter expires in 20 days ${log}`,
      `# nginx-a: certificate new is a stand-in that no client trusts: none has come by ACME yet ${log}`,
    ]);
  });

  it("knows nothing of a pair that does not answer", () => {
    expect(renderStatus(reportOf(pair(undefined, undefined))).split("\n")[0]).toBe(
      "edge   VIP 192.0.2.100 on unknown   unknown",
    );
  });
});

it("reportOf says what the schema promises", () => {
  for (const status of [pair(master, backup), pair(undefined, backup), pair(undefined, undefined)])
    expect(statusReport.parse(reportOf(status))).toEqual(reportOf(status));
});
