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

  it("connections that never finish their headers are closed, and others are served meanwhile", async () => {
    let slow: unknown;
    const probes = await probeWhile(throughVip(edge.pair.plan), async () => {
      slow = await edge.client("slow");
    });
    expect(slow).toEqual({ before: 400, after: 0 });
    expect(judge(probes)).toMatchObject({ failed: 0 });
  });
});
