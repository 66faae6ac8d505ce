import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "nginx-ha-hand-over-"));
  for (const directory of ["etc/bin", "path", "drain"]) mkdirSync(join(home, directory), { recursive: true });
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

/** How a node and its peer are, as shell commands; a healthy pair in which this node is MASTER unless told. */
interface Pair {
  nginx: string;
  vrrp: string;
  /** What the peer says of itself. */
  peer: string;
  /** Of the questions to the peer: `begin` and `end`. */
  ask: string;
  systemctl: string;
  drains: boolean;
}
const left = '[ "$(cat TRACK)" = 1 ] || [ -e HOME/moved ]';
const healthy: Pair = {
  nginx: "echo active",
  // It leaves when it is told to, and is BACKUP from then on.
  vrrp: `if ${left}; then touch HOME/moved; echo BACKUP; else echo MASTER; fi`,
  peer: `if ${left}; then printf 'VRRP=MASTER\\nADDRESS=held\\n'; else printf 'VRRP=BACKUP\\nADDRESS=-\\n'; fi`,
  ask: "true",
  systemctl: "true",
  drains: true,
};

/** Runs the script on such a node. @returns what was done, in its order, and what it said */
function handOver(pair: Partial<Pair> = {}): { done: string[]; said: string; track: string } {
  const { nginx, vrrp, peer, ask, systemctl, drains } = { ...healthy, ...pair };
  const [log, track] = [join(home, "log"), join(home, "track")];
  const put = (file: string, text: string): void => {
    const path = join(home, file);
    writeFileSync(path, `#!/bin/bash\n${text.replaceAll("TRACK", track).replaceAll("HOME", home)}\n`);
    chmodSync(path, 0o755);
  };
  writeFileSync(track, "0\n");
  writeFileSync(log, "");
  if (drains) writeFileSync(join(home, "etc/drain.json"), "{}");
  put("etc/bin/vrrp-state", vrrp);
  put("etc/bin/peer-head", peer);
  put("path/curl", `verb=\${!#}; verb=\${verb##*=}; echo "ask $verb" >>HOME/log; ${ask}`);
  put(
    "path/systemctl",
    `if [ "$1" = is-active ]; then
  if [ "$2" = nginx ]; then ${nginx}; else echo inactive; fi
  exit
fi
echo "\${@: -2}, track $(cat TRACK)" >>HOME/log; ${systemctl}`,
  );
  const script = readFileSync("node/bin/hand-over.sh", "utf8")
    .replaceAll("/etc/nginx-ha/current", join(home, "etc"))
    .replaceAll("/run/nginx-ha/track/handover", track)
    .replaceAll("/run/nginx-ha/drain", join(home, "drain"));
  const env = { ...process.env, PATH: `${join(home, "path")}:${process.env.PATH}`, BEGIN_S: "5", END_S: "5" };
  const { stdout, stderr } = spawnSync("bash", ["-c", script], { encoding: "utf8", env, timeout: 50_000 });
  const done = readFileSync(log, "utf8").trim().split("\n").filter(Boolean);
  return { done, said: `${stdout}${stderr}`.trim(), track: readFileSync(track, "utf8").trim() };
}

const KEEP = "nginx-ha-drain@keep.service";
const begun = ["ask begin", `start ${KEEP}, track 0`];

describe("a node that is stopped", () => {
  it("has both parts begin, then the VIP move, and ends the peer's when the drain is over", () => {
    expect(handOver()).toEqual({ done: [...begun, "ask end"], said: "the peer has the VIP", track: "0" });
  });

  it("only moves the VIP where there is no drain", () => {
    expect(handOver({ drains: false })).toEqual({ done: [], said: "the peer has the VIP", track: "0" });
  });

  it.each<[string, Partial<Pair>]>([
    ["as BACKUP", { vrrp: "echo BACKUP" }],
    ["without keepalived", { vrrp: "echo -" }],
    ["after nginx has crashed", { nginx: "echo failed" }],
    ["whose peer is not BACKUP", { peer: "echo VRRP=FAULT" }],
    ["whose peer does not answer", { peer: "exit 255" }],
  ])("does nothing %s", (_, pair) => {
    expect(handOver(pair)).toMatchObject({ done: [], track: "0" });
  });

  it("ends what is left of its own detour when the peer has begun its part, and not before", () => {
    writeFileSync(join(home, "drain/detour.json"), "{}");
    expect(handOver().done).toEqual([
      "ask begin",
      "stop nginx-ha-drain@detour.service, track 0",
      `start ${KEEP}, track 0`,
      "ask end",
    ]);
    writeFileSync(join(home, "drain/detour.json"), "{}");
    rmSync(join(home, "moved"));
    const refused = handOver({ ask: "false" });
    expect(refused).toMatchObject({ done: ["ask begin"], track: "0" });
    expect(refused.said).toBe("established connections are cut\nthe peer has the VIP");
  });

  it("has the peer end its part where its own does not begin, and moves the VIP all the same", () => {
    const { done, said } = handOver({ systemctl: "exit 1" });
    expect(done).toEqual([...begun, "ask end"]);
    expect(said).toBe("established connections are cut\nthe peer has the VIP");
  });

  it("takes both parts back where the peer could not take the VIP any more", () => {
    const peer = "if [ -s HOME/log ]; then echo VRRP=FAULT; else echo VRRP=BACKUP; fi";
    expect(handOver({ peer })).toEqual({
      done: [...begun, `stop ${KEEP}, track 0`, "ask end"],
      said: "the peer could not take the VIP any more: nothing is handed over",
      track: "0",
    });
  });

  it("takes both parts back where keepalived does not let the VIP go", () => {
    expect(handOver({ vrrp: "echo MASTER" })).toEqual({
      done: [...begun, `stop ${KEEP}, track 0`, "ask end"],
      said: "keepalived does not let the VIP go: nothing is handed over",
      track: "0",
    });
  });
});
