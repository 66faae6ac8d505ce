import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { ServingAt } from "../../agent/serving";
import { NodeState } from "../../agent/status/node-state";
import { prometheus, report } from "../../agent/status/report";
import { readSync } from "../../agent/status/sync";
import type { SyncStatus } from "../../agent/sync/status";

const root = mkdtempSync(join(tmpdir(), "nginx-ha-serving-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe("ServingAt", () => {
  it("tells what the generation says that is served now, and goes on with the last one while there is none", () => {
    const link = join(root, "serving");
    const serving = new ServingAt(link);
    expect(serving.known).toEqual({ port: 0, config: "" });
    for (const [id, port] of [
      ["one", 80],
      ["two", 8080],
    ]) {
      mkdirSync(join(root, `${id}`));
      writeFileSync(join(root, `${id}`, "generation.env"), `CONFIG=abc123\nGENERATION=1-1-x\nPORT=${port}\n`);
      rmSync(link, { force: true });
      symlinkSync(`${id}`, link);
      serving.look();
      expect(serving.known).toEqual({ port, config: "abc123" });
    }
    rmSync(link);
    serving.look();
    expect(serving.known).toEqual({ port: 8080, config: "abc123" });
  });
});

describe("the node's status", () => {
  const found = (sync: SyncStatus | undefined) => ({
    ...{ node: "nginx-a", mode: "arp", address: "192.0.2.100", vrrp: "MASTER", kernel: true, config: "c" },
    peer: { name: "nginx-b", vrrp: "BACKUP" },
    sync,
  });
  const sync: SyncStatus = {
    node: "nginx-a",
    told: 1000,
    generation: {
      ...{ id: "3-17-0123456789ab", term: 3, number: 17, hash: "0123456789ab", source: "operator" as const },
      ...{ by: "nginx-a", at: "2026-01-01T00:00:00Z", overridden: false },
    },
    acknowledged: true,
    confirmed: true,
    peer: { name: "nginx-b", reachable: true, generation: "3-17-0123456789ab" },
    kept: ["3-17-0123456789ab"],
    secrets: { acknowledged: true },
    alarms: [{ kind: "drift", reason: "somebody edited", since: "2026-01-01T00:00:00Z" }],
  };

  it("has the generations of both nodes, and the synchronisation's alarms", () => {
    const told = report(new NodeState(), found(sync));
    expect(told).toMatchObject({
      sync: { generation: { id: "3-17-0123456789ab" }, acknowledged: true, reachesPeer: true },
      peer: { generation: "3-17-0123456789ab" },
      alarms: [{ kind: "drift" }],
    });
    const text = prometheus(new NodeState(), told);
    expect(text).toContain('nginx_ha_generation{term="3"} 17\n');
    expect(text).toContain("nginx_ha_generation_acknowledged 1\n");
    expect(text).toContain('nginx_ha_alarm{kind="drift"} 1\n');
    expect(text).toContain('nginx_ha_alarm{kind="conflict"} 0\n');
  });

  it("has an alarm when the synchronisation does not run, or has said nothing for a minute", () => {
    expect(readSync(join(root, "nothing.json"))).toBeUndefined();
    const path = join(root, "status.json");
    writeFileSync(path, JSON.stringify(sync));
    expect(readSync(path, sync.told + 60)).toEqual(sync);
    expect(readSync(path, sync.told + 61)).toBeUndefined();
    expect(report(new NodeState(), found(undefined)).alarms.map(({ kind }) => kind)).toEqual(["sync"]);
  });
});
