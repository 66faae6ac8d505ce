import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";

const script = readFileSync(join(__dirname, "../../../node/bin/tls-tickets.sh"), "utf8");
const made: string[] = [];
afterEach(() => {
  for (const directory of made.splice(0)) rmSync(directory, { recursive: true, force: true });
});

/** A node whose script runs once for each day that it is told, in a directory of its own. */
function node(seed: string) {
  const directory = mkdtempSync(join(tmpdir(), "nginx-ha-tickets-"));
  made.push(directory);
  const bin = join(directory, "bin");
  const keys = join(directory, "tls");
  for (const one of [bin, keys]) mkdirSync(one);
  const program = (name: string, text: string) =>
    writeFileSync(join(bin, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  program("systemctl", "exit 1");
  writeFileSync(join(keys, "tickets.seed"), `${seed}\n`);
  const once = script
    .replace("cd /etc/nginx-ha/tls", `cd ${keys}`)
    .replace(/while :; do\n {2}renew[\s\S]*done\n$/, "renew\n");
  return {
    keys,
    on(day: number): Record<string, string> {
      program("date", `echo ${day * 86_400 + 4_711}`);
      execFileSync("bash", ["-c", once], { env: { PATH: `${bin}:${process.env.PATH}` } });
      const files = readdirSync(keys).filter((name) => name.endsWith(".key"));
      return Object.fromEntries(files.map((name) => [name, readFileSync(join(keys, name)).toString("hex")]));
    },
  };
}

const seed = `20000 ${"ab".repeat(64)}`;

it("gives both nodes the same keys, whenever each of them was there", () => {
  const [daily, late] = [node(seed), node(seed)];
  const first = daily.on(20_000);
  expect(Object.keys(first)).toEqual(["ticket-20000.key", "ticket-20001.key"]);
  for (let day = 20_001; day <= 20_005; day++) daily.on(day);
  expect(late.on(20_005)).toEqual(daily.on(20_005));
  expect(Object.keys(late.on(20_005))).toEqual(["ticket-20004.key", "ticket-20005.key", "ticket-20006.key"]);
  for (const key of Object.values(first)) expect(key).toHaveLength(160);
});

it("carries a key over midnight, encrypts with today's, and keeps nothing that older ones can be made of", () => {
  const one = node(seed);
  const before = one.on(20_003);
  const after = one.on(20_004);
  expect(after["ticket-20003.key"]).toBe(before["ticket-20003.key"]);
  expect(after["ticket-20004.key"]).toBe(before["ticket-20004.key"]);
  expect(new Set(Object.values(after)).size).toBe(3);
  const conf = readFileSync(join(one.keys, "tickets.conf"), "utf8");
  expect(conf.match(/ticket-\d+/g)).toEqual(["ticket-20004", "ticket-20003", "ticket-20005"]);
  expect(readdirSync(one.keys)).not.toContain("tickets.seed");
  expect(readFileSync(join(one.keys, "tickets.state"), "utf8")).toMatch(/^20003 (?!ab{2})[0-9a-f]{128}\n$/);
});
