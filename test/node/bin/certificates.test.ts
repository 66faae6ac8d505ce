import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { certificate } from "../../agent/acme/certificate";

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "nginx-ha-served-"));
  for (const directory of ["serving/sites", "certificates"])
    mkdirSync(join(home, directory), { recursive: true });
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

/** A certificate of so many days that nginx serves under a name, from a folder of what is served. */
function serve(name: string, folder: string, days: number): void {
  const directory = join(home, "secrets/serving", folder, name);
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, "fullchain.pem"), certificate(["a.example.org"], days).chain);
  symlinkSync(directory, join(home, "certificates", name));
  site(name, join(home, "certificates", name, "fullchain.pem"));
}
const site = (name: string, file: string): void =>
  writeFileSync(join(home, "serving/sites", `${name}.conf`), `server {\n  ssl_certificate ${file};\n}\n`);

/** What the script prints on a node whose directory is this one. @param bin comes first on PATH */
function printed(bin = "/none"): string {
  const script = readFileSync("node/bin/certificates.sh", "utf8").replaceAll("/etc/nginx-ha", home);
  const env = { ...process.env, PATH: `${bin}:${process.env.PATH}` };
  return execFileSync("sh", ["-c", script], { encoding: "utf8", env });
}
/** A second or more is gone since it was made, or none is. */
const left = (days: number): string => `(${days - 1}|${days})`;
const line = (start: string): RegExp => new RegExp(`^${start} [A-Z][a-z]{2} .* GMT$`, "m");

describe("the certificates that nginx serves", () => {
  it("have the days that are left", () => {
    serve("main", "certificates", 365);
    expect(printed()).toMatch(line(`main ${left(365)}`));
  });

  it.each([
    [90, 21],
    [47, 11],
    [8, 2],
  ])("of one by ACME that lasts %i days say when its renewal is late: with %i left", (days, soon) => {
    serve("main", "acme", days);
    expect(printed()).toMatch(line(`main ${left(days)}/${soon}`));
  });

  it("of one that stands in say so, and of one that is the operator's the folder", () => {
    serve("main", "placeholders", 9);
    serve("own", "private", 30);
    site("own", `${home}/secrets/serving/private/own/fullchain.pem`);
    expect(printed()).toMatch(line("main placeholder"));
    expect(printed()).toMatch(line(`own ${left(30)}`));
  });

  it.each([
    "server { listen 443 ssl; ssl_certificate FILE; }\n",
    'server {\n\tssl_certificate\t"FILE";\n}\n',
    "server {ssl_certificate /gone.pem;ssl_certificate FILE;}\n",
  ])("are found in one line and in several, and not in a comment: %j", (conf) => {
    serve("main", "certificates", 30);
    const file = join(home, "certificates/main/fullchain.pem");
    writeFileSync(
      join(home, "serving/sites/main.conf"),
      `# ssl_certificate /old.pem;\n${conf.replace("FILE", file)}`,
    );
    const found = printed().replace("/gone.pem -1 unreadable\n", "");
    expect(found).toMatch(new RegExp(`^main ${left(30)} [^\n]*\n$`));
  });

  it("of one that cannot be read have none left", () => {
    site("gone", `${home}/certificates/gone/fullchain.pem`);
    expect(printed()).toBe("gone -1 unreadable\n");
  });

  it("are read once each", () => {
    serve("main", "acme", 90);
    serve("other", "certificates", 90);
    const bin = join(home, "bin");
    mkdirSync(bin);
    const openssl = execFileSync("sh", ["-c", "command -v openssl"], { encoding: "utf8" }).trim();
    writeFileSync(join(bin, "openssl"), `#!/bin/sh\necho x >>${home}/times\nexec ${openssl} "$@"\n`, {
      mode: 0o755,
    });
    expect(printed(bin).split("\n")).toHaveLength(3);
    expect(readFileSync(join(home, "times"), "utf8")).toBe("x\nx\n");
  });
});
