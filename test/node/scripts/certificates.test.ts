import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "nginx-ha-checked-"));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const openssl = (...argv: string[]) => execFileSync("openssl", argv, { cwd: home, stdio: "ignore" });

/** NAME.pem and NAME.key, by whose authority and for how many days; of none, by its own. */
function make(name: string, authority = name, days = 30): void {
  const constraints = ["-addext", `basicConstraints=critical,CA:${authority === name ? "TRUE" : "FALSE"}`];
  openssl(
    "req",
    "-new",
    "-nodes",
    "-newkey",
    "ec",
    "-pkeyopt",
    "ec_paramgen_curve:prime256v1",
    "-subj",
    `/CN=${name}`,
    ...constraints,
    "-keyout",
    `${name}.key`,
    "-out",
    `${name}.csr`,
  );
  const by =
    authority === name
      ? ["-signkey", `${name}.key`]
      : ["-CA", `${authority}.pem`, "-CAkey", `${authority}.key`];
  openssl(
    "x509",
    "-req",
    "-in",
    `${name}.csr`,
    ...by,
    "-days",
    `${days}`,
    "-copy_extensions",
    "copyall",
    "-out",
    `${name}.pem`,
  );
}

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
  make("root");
  make("leaf", "root");
  expect(said(bundle("leaf.pem", "root.pem"), "leaf.key")).toEqual([0, ""]);
});

it.each<[string, () => [string, string], string]>([
  ["without its intermediate", () => ["leaf.pem", "leaf.key"], "its chain does not reach a root: append"],
  [
    "with another one's key",
    () => [bundle("leaf.pem", "root.pem"), "root.key"],
    "its key belongs to another certificate",
  ],
  ["that expired", () => ["old.pem", "old.key"], "it expired on "],
  ["that is none", () => ["leaf.csr", "leaf.key"], "its certificate cannot be read as PEM"],
  [
    "whose key is none",
    () => [bundle("leaf.pem", "root.pem"), "leaf.csr"],
    "its key cannot be read as PEM without a passphrase",
  ],
  ["that is not there", () => ["none.pem", "leaf.key"], "there is no file "],
])("refuses one %s", (_what, of, why) => {
  make("root");
  make("leaf", "root");
  make("old", "root", 0);
  const [chain, key] = of();
  const [status, text] = said(chain, key);
  expect(text).toContain(`certificate main is refused and nothing was changed: ${why}`);
  expect(status).toBe(1);
});
