import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "nginx-ha-vip-held-"));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

/** What the program prints on a machine that has these addresses, and those that its name only starts like. */
function vipHeld(addresses: string[], { vip6 = "2001:db8::100", api = "", holdsVip = "yes" } = {}): string {
  mkdirSync(join(home, "bin"), { recursive: true });
  const rows = ["192.0.2.10/24", ...addresses].map((one) => `2: eth0    inet ${one} scope global eth0`);
  writeFileSync(join(home, "bin/ip"), `#!/bin/sh\ncat <<'END'\n${rows.join("\n")}\nEND\n`);
  chmodSync(join(home, "bin/ip"), 0o755);
  const environment = [
    `INTERFACE='eth0'\nVIP='192.0.2.100'\nVIP6='${vip6}'\nHOLDS_VIP='${holdsVip}'`,
    `ASKS_API='${api ? "yes" : "no"}'\n`,
  ];
  writeFileSync(join(home, "node.env"), environment.join("\n"));
  writeFileSync(join(home, "address"), `${api}\n`);
  const script = readFileSync("node/bin/vip-held.sh", "utf8")
    .replaceAll("/etc/nginx-ha/current", home)
    .replaceAll("/run/nginx-ha-agent", home);
  const { stdout, stderr } = spawnSync("sh", ["-c", script], {
    encoding: "utf8",
    env: { ...process.env, PATH: `${join(home, "bin")}:${process.env.PATH}` },
    timeout: 10_000,
  });
  expect(stderr).toBe("");
  return stdout.trim();
}

const [FOUR, SIX] = ["192.0.2.100/32", "2001:db8::100/128"];

it.each([
  [[FOUR, SIX], "held"],
  [[FOUR], "part"],
  [[SIX], "part"],
  [[], "-"],
])("of the addresses %j of a VIP with both: %s", (addresses, said) => {
  expect(vipHeld(addresses)).toBe(said);
});

it.each([
  [[FOUR], "held"],
  [[], "-"],
])("of the addresses %j of an IPv4 VIP: %s", (addresses, said) => {
  expect(vipHeld(addresses, { vip6: "" })).toBe(said);
});

it("believes the API, where there is one, and looks at the interface only where keepalived adds the VIP", () => {
  expect(vipHeld([FOUR], { vip6: "", api: "held" })).toBe("held");
  expect(vipHeld([], { vip6: "", api: "held" })).toBe("-");
  expect(vipHeld([], { vip6: "", api: "held", holdsVip: "no" })).toBe("held");
  expect(vipHeld([FOUR], { vip6: "", api: "-" })).toBe("-");
  expect(vipHeld([FOUR], { vip6: "", api: "unknown" })).toBe("unknown");
});
