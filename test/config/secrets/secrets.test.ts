import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { parseSecrets } from "../../../config/secrets";
import { exampleEdge } from "../../example";
import { issueIn } from "../../issuing";

const directory = mkdtempSync(join(tmpdir(), "nginx-ha-secrets-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const issue = issueIn(directory);
const read = (name: string): string => readFileSync(join(directory, name), "utf8");

function issued(...[name, wish]: Parameters<typeof issue>) {
  issue(name, wish);
  return { certificate: read(`${name}.crt`), key: read(`${name}.key`) };
}

const root = issued("root", { authority: true });
const middle = issued("middle", { issuer: "root", authority: true });
const leaf = issued("leaf", { issuer: "middle", names: "DNS:www.example.org,DNS:*.apps.example.org" });
const other = issued("other", { issuer: "middle", names: "DNS:other.example.org" });
const whole = leaf.certificate + middle.certificate + root.certificate;
const hash = "$2y$05$abcdefghijklmnopqrstuuMm0Yv1o9tqkVJm2l5uT7c3dJ1o3W1aG";

const { nginx } = exampleEdge();
const good = {
  certificates: { main: { certificate: whole, key: leaf.key } },
  passwords: { operators: `ann:${hash}\n` },
};
function problems(change: (given: typeof good) => unknown, now?: Date): string[] {
  const given = structuredClone(good);
  change(given);
  const parsed = parseSecrets(nginx, given, now);
  return "problems" in parsed ? parsed.problems : [];
}

describe("parseSecrets", () => {
  it("takes what is whole", () => {
    expect(parseSecrets(nginx, good)).toEqual({ secrets: good });
  });

  it.each<[string, Parameters<typeof problems>[0], RegExp]>([
    [
      "that is missing",
      (g) => Object.assign(g, { certificates: {} }),
      /^nginx-ha:certificates\.main: is required; run: pulumi config set --secret --path nginx-ha:certificates\.main\.certificate < FILE/,
    ],
    [
      "that nothing uses",
      (g) => Object.assign(g.certificates, { extra: g.certificates.main }),
      /^nginx-ha:certificates\.extra: is used by nothing; run: pulumi config rm/,
    ],
    [
      "that is no PEM",
      (g) => {
        g.certificates.main.certificate = "text";
      },
      /main\.certificate: must be one or more certificates in PEM form$/,
    ],
    [
      "with another one's key",
      (g) => {
        g.certificates.main.key = other.key;
      },
      /main\.key: must be the certificate's, and is that of another one/,
    ],
    [
      "with a key that is none",
      (g) => {
        g.certificates.main.key = "secret text";
      },
      /main\.key: must be a private key in PEM form, without a passphrase$/,
    ],
    [
      "without its intermediate",
      (g) => {
        g.certificates.main.certificate = leaf.certificate + root.certificate;
      },
      /main\.certificate: must be followed by its issuer, CN=middle: append/,
    ],
    [
      "without an unknown authority's root",
      (g) => {
        g.certificates.main.certificate = leaf.certificate + middle.certificate;
      },
      /main\.certificate: must be followed by its issuer, CN=root/,
    ],
    [
      "in the wrong order",
      (g) => {
        g.certificates.main.certificate = middle.certificate + leaf.certificate + root.certificate;
      },
      /main\.key: must be the certificate's/,
    ],
    [
      "with a password in clear",
      (g) => {
        g.passwords.operators = "ann:c1ear\n";
      },
      /^nginx-ha:passwords\.operators: line 1 must be NAME:HASH/,
    ],
  ])("refuses one %s, and shows nothing of it", (_title, change, expected) => {
    const found = problems(change);
    expect(found.join("\n")).toMatch(expected);
    expect(found.join("\n")).not.toMatch(/PRIVATE KEY|secret text|c1ear/);
  });

  it("refuses one for other names", () => {
    const chain = other.certificate + middle.certificate + root.certificate;
    expect(
      problems((g) => Object.assign(g.certificates.main, { certificate: chain, key: other.key })),
    ).toEqual([
      "nginx-ha:certificates.main.certificate: must be for www.example.org, and is for DNS:other.example.org",
      "nginx-ha:certificates.main.certificate: must be for *.apps.example.org, and is for DNS:other.example.org",
    ]);
  });

  it("refuses one that has expired, or is not valid yet", () => {
    const day = 86_400_000;
    expect(problems(() => {}, new Date(Date.now() + 31 * day)).join()).toMatch(
      /main\.certificate: expired on .*; renew it/,
    );
    expect(problems(() => {}, new Date(Date.now() - day)).join()).toMatch(
      /main\.certificate: is not valid before /,
    );
  });
});
