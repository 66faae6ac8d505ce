import { mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { causeOf } from "../../agent/health/tracks";
import { NodeState } from "../../agent/status/node-state";
import { type Found, prometheus, report } from "../../agent/status/report";

const found = {
  node: "nginx-a",
  mode: "elasticIp",
  address: "203.0.113.10",
  vrrp: "MASTER",
  kernel: false,
  config: "0123456789ab",
  peer: { name: "nginx-b", vrrp: "BACKUP" },
  sync: {
    node: "nginx-a",
    told: 1000,
    generation: {
      id: "2-7-0123456789ab",
      term: 2,
      number: 7,
      hash: "0123456789ab",
      source: "stack",
      by: "nginx-a",
      at: "2026-01-01T00:00:00.000Z",
      overridden: false,
    },
    acknowledged: true,
    confirmed: true,
    peer: { name: "nginx-b", reachable: true, generation: "2-7-0123456789ab" },
    kept: [],
    secrets: { acknowledged: true },
    alarms: [],
  },
} satisfies Found;

/** A node that hung, was out of the election, and took the VIP later. */
function lived(): NodeState {
  const state = new NodeState();
  state.hangFoundMs = 1020;
  state.vrrp("FAULT", { cause: "hang", changeMs: 3 });
  state.vrrp("BACKUP");
  state.vrrp("MASTER");
  state.vrrp("MASTER_RX_LOWER_PRI");
  state.told({ held: true, owner: "mine", claim: { why: "MASTER", look: 10, call: 15, verify: 8 } });
  return state;
}

it("the status tells each change, why it came, and what its parts took", () => {
  const { transitions, vrrp, vip, alarms } = report(lived(), found);
  expect(transitions.map(({ at, ...rest }) => rest)).toEqual([
    { to: "FAULT", cause: "hang", changeMs: 3, detectMs: 1020 },
    { to: "BACKUP" },
    { to: "MASTER", claim: { why: "MASTER", lookMs: 10, callMs: 15, verifyMs: 8 } },
  ]);
  expect(vrrp).toEqual({ state: "MASTER", since: transitions.at(-1)?.at });
  expect(vip).toMatchObject({ held: true, owner: "mine", kernel: false });
  expect(alarms).toEqual([]);
});

it("an alarm keeps its time for as long as it lasts, and tells its newest reason", async () => {
  const state = lived();
  state.told({ held: true, owner: "mine", alarm: { kind: "api", reason: "throttled" } });
  const [first] = report(state, found).alarms;
  await new Promise((done) => setTimeout(done, 5));
  state.told({ held: true, owner: "mine", alarm: { kind: "api", reason: "denied" } });
  state.hang("it hangs");
  state.hang("it hangs");
  expect(report(state, found).alarms).toMatchObject([{ ...first, reason: "denied" }, { kind: "hang" }]);
});

it("Prometheus is told the same", () => {
  const state = lived();
  state.hang("it hangs");
  const text = prometheus(state, report(state, found));
  const samples = text.split("\n").filter((line) => line !== "" && !/^#|alarm.* 0$/.test(line));
  expect(samples).toEqual([
    'nginx_ha_vrrp_state{state="MASTER"} 1',
    'nginx_ha_vrrp_state{state="BACKUP"} 0',
    'nginx_ha_vrrp_state{state="FAULT"} 0',
    'nginx_ha_vip_held{mode="elasticIp"} 1',
    "nginx_ha_nginx_answers 0",
    'nginx_ha_alarm{kind="hang"} 1',
    'nginx_ha_generation{term="2"} 7',
    "nginx_ha_generation_acknowledged 1",
    'nginx_ha_transitions_total{to="FAULT"} 1',
    'nginx_ha_transitions_total{to="BACKUP"} 1',
    'nginx_ha_transitions_total{to="MASTER"} 1',
    'nginx_ha_claim_seconds{part="look"} 0.01',
    'nginx_ha_claim_seconds{part="call"} 0.015',
    'nginx_ha_claim_seconds{part="verify"} 0.008',
  ]);
  expect(text.endsWith("\n")).toBe(true);
});

it("the cause of a FAULT is the newest track file that is set", () => {
  const directory = mkdtempSync(join(tmpdir(), "nginx-ha-tracks-"));
  try {
    const now = Date.now();
    for (const [name, text, age] of [
      ["nginx", "1\n", 9000],
      ["hang", "1\n", 20],
      ["handover", "0\n", 0],
    ] as const) {
      writeFileSync(join(directory, name), text);
      utimesSync(join(directory, name), (now - age) / 1000, (now - age) / 1000);
    }
    const { cause, changeMs = 0 } = causeOf(directory, now) ?? {};
    expect(cause).toBe("hang");
    expect(changeMs).toBeGreaterThanOrEqual(19);
    expect(changeMs).toBeLessThanOrEqual(21);
    expect(causeOf(join(directory, "gone"))).toBeUndefined();
  } finally {
    rmSync(directory, { recursive: true });
  }
});

it("a synchronisation that does not run is an alarm", () => {
  const { alarms, sync } = report(lived(), { ...found, sync: undefined });
  expect(alarms.map(({ kind }) => kind)).toEqual(["sync"]);
  expect(sync.generation).toBeUndefined();
});
