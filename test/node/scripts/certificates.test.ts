import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { issueIn } from "../../issuing";

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "nginx-ha-checked-"));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

/** What a node says of a certificate whose files are on it. */
function said(chain: string, key: string): [status: number | null, text: string] {
  const lib = 'lock() { :; }; say() { echo "$*"; }; fail() { echo "$*" >&2; exit 1; }';
  const script = readFileSync("node/scripts/certificates.sh", "utf8");
  const { status, stdout, stderr } = spawnSync(
    "bash",
    ["-euc", `${lib}\nhome=${home}/home SECRETS=\n${script}`],
    {
      input: `FILES main ${join(home, chain)} ${join(home, key)}\n`,
      encoding: "utf8",
    },
  );
  return [status, stdout + stderr];
}

const bundle = (...names: string[]): string => {
  const text = names.map((name) => readFileSync(join(home, name), "utf8")).join("");
  writeFileSync(join(home, "bundle.pem"), text);
  return "bundle.pem";
};

it("takes a certificate with its chain", () => {
  const issue = issueIn(home);
  issue("root", { authority: true });
  issue("leaf", { issuer: "root" });
  expect(said(bundle("leaf.crt", "root.crt"), "leaf.key")).toEqual([0, ""]);
});

it.each<[string, () => [string, string], string]>([
  ["without its intermediate", () => ["leaf.crt", "leaf.key"], "its chain does not reach a root: append"],
  [
    "with another one's key",
    () => [bundle("leaf.crt", "root.crt"), "root.key"],
    "its key belongs to another certificate",
  ],
  ["that expired", () => ["old.crt", "old.key"], "it expired on "],
  ["that is none", () => ["leaf.csr", "leaf.key"], "its certificate cannot be read as PEM"],
  [
    "whose key is none",
    () => [bundle("leaf.crt", "root.crt"), "leaf.csr"],
    "its key cannot be read as PEM without a passphrase",
  ],
  ["that is not there", () => ["none.crt", "leaf.key"], "there is no file "],
])("refuses one %s", (_what, of, why) => {
  const issue = issueIn(home);
  issue("root", { authority: true });
  issue("leaf", { issuer: "root" });
  issue("old", { issuer: "root", days: 0 });
  const [chain, key] = of();
  const [status, text] = said(chain, key);
  expect(text).toContain(`certificate main is refused and nothing was changed: ${why}`);
  expect(status).toBe(1);
});
