import { describe, expect, it } from "vitest";
import { judge } from "../../../cli/probe/probes";
import { probeWhile, throughVip } from "../../../lab/probe/probe";
import { edge } from "./subject";

describe("when something fails", () => {
  it("a backend that dies under load costs no idempotent request", async () => {
    const probes = await probeWhile(throughVip(edge.pair.plan), async () => {
      await edge.pair.succeed("backend-1", "systemctl kill --signal KILL nginx; sleep 2");
    });
    try {
      expect(judge(probes)).toMatchObject({ failed: 0 });
      expect(probes.length).toBeGreaterThan(200);
    } finally {
      await edge.pair.succeed("backend-1", "systemctl restart nginx");
    }
  });

  it("a worker that stands still costs no new connection but the one that it has in hand", async () => {
    const holder = await edge.pair.holder();
    const workers = (await edge.pair.succeed(holder, "pgrep --parent $(cat /run/nginx.pid)")).split("\n");
    expect(workers.length, "workers").toBeGreaterThan(1);
    try {
      const probes = await probeWhile(throughVip(edge.pair.plan), async () => {
        await edge.pair.succeed(holder, `kill -STOP ${workers[0]}; sleep 2`);
      });
      expect(judge(probes).failed).toBeLessThanOrEqual(1);
      expect(probes.length).toBeGreaterThan(200);
    } finally {
      await edge.pair.succeed(holder, `kill -CONT ${workers[0]}`);
    }
    expect(await edge.pair.holder()).toBe(holder);
  });

  it("a body that stops in the middle ends its connection", async () => {
    const took = await edge.client("slowBody");
    expect(took).toBeGreaterThan(2_900);
    expect(took).toBeLessThan(20_000);
  });

  it("connections that never finish their headers are closed, and others are served meanwhile", async () => {
    let slow: unknown;
    const probes = await probeWhile(throughVip(edge.pair.plan), async () => {
      slow = await edge.client("slow");
    });
    expect(slow).toEqual({ before: 400, after: 0 });
    expect(judge(probes)).toMatchObject({ failed: 0 });
  });
});
