import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Authority } from "../../../agent/acme/authority";

vi.mock("../../../node/acme/settings", async (original) => {
  const there = await original<typeof import("../../../node/acme/settings")>();
  const { mkdtempSync: make } = await import("node:fs");
  return { ...there, CHALLENGES: join(make(join(tmpdir(), "nginx-ha-challenges-")), "challenges") };
});

const wanted = { name: "main", names: ["a.example.org"] };
let root: string;
let authority: Authority;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "nginx-ha-authority-"));
  authority = new Authority(join(root, "work"), { directory: "https://ca.example.org/dir" });
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(root, { recursive: true, force: true });
});

/** Puts a dehydrated on PATH: what it does at the n-th time ($times), with the request as $request. */
function dehydrated(script: string): void {
  const text = `#!/bin/sh
echo x >>${root}/times
times=$(wc -l <${root}/times)
for request; do :; done
${script}
`;
  writeFileSync(join(root, "dehydrated"), text, { mode: 0o755 });
  vi.stubEnv("PATH", `${root}:${process.env.PATH}`);
}
const times = (): number => readFileSync(join(root, "times"), "utf8").trim().split("\n").length;
const sign = `openssl x509 -req -in "$request" -signkey "$(dirname "$request")/key.pem" -days 9 2>/dev/null`;
const nonce = `echo '  + ERROR: An error occurred
"type": "urn:ietf:params:acme:error:badNonce", "detail": "no nonce"' >&2
exit 1`;

describe("an authority", () => {
  it("gives a certificate of a key that stays nowhere but with it", async () => {
    dehydrated(sign);
    const { chain, key } = await authority.certificate(wanted);
    expect(chain).toMatch(/^-----BEGIN CERTIFICATE-----\n[^-]+-----END CERTIFICATE-----\n$/);
    expect(key.toString()).toContain("PRIVATE KEY");
    expect(readdirSync(join(root, "work")).sort()).toEqual(["config", "request.pem"]);
  });

  it("that does not take a nonce is asked once more, and again", async () => {
    dehydrated(`[ $times -ge 4 ] || { ${nonce}; }\n${sign}`);
    await authority.certificate(wanted);
    expect(times()).toBe(4);
  });

  it("that never takes one is not asked for ever", async () => {
    dehydrated(nonce);
    await expect(authority.certificate(wanted)).rejects.toThrow("no nonce");
    expect(times()).toBe(6);
  });

  it("that refuses for another reason is asked once, and leaves no key behind", async () => {
    dehydrated("echo 'ERROR: Challenge is invalid!' >&2; exit 1");
    await expect(authority.certificate(wanted)).rejects.toThrow("Challenge is invalid!");
    expect(times()).toBe(1);
    expect(readdirSync(join(root, "work"))).not.toContain("key.pem");
  });

  it("that signs another key's request is not believed, and leaves no key behind", async () => {
    const another = "openssl req -x509 -newkey rsa:2048 -nodes -subj / -keyout /dev/null 2>/dev/null";
    dehydrated(another);
    await expect(authority.certificate(wanted)).rejects.toThrow(
      "the authority gave a certificate of another key",
    );
    expect(readdirSync(join(root, "work"))).not.toContain("key.pem");
  });
});
