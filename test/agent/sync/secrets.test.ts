import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { checkCertificates } from "../../../agent/sync/secrets";
import { nextTickets, ticketsConf, ticketsDue } from "../../../agent/sync/tickets";

const root = mkdtempSync(join(tmpdir(), "nginx-ha-secrets-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** A directory with one self-signed certificate. */
function certificate(name: string): string {
  const directory = join(root, name);
  mkdirSync(join(directory, "site"), { recursive: true });
  const [key, chain] = ["privkey.pem", "fullchain.pem"].map((file) => join(directory, "site", file));
  const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
  const to = ["-subj", "/CN=example.org", "-days", "30", "-keyout", key as string, "-out", chain as string];
  execFileSync("openssl", ["req", "-x509", ...curve, ...to], { stdio: "ignore" });
  return directory;
}

describe("checkCertificates", () => {
  const now = Date.now();

  it("takes a certificate with its key, and what is none", () => {
    const directory = certificate("good");
    mkdirSync(join(directory, "other"));
    writeFileSync(join(directory, "other", "users.htpasswd"), "x");
    expect(() => checkCertificates(directory, now)).not.toThrow();
  });

  it("refuses another one's key, what is no PEM, what is missing, what has expired", () => {
    const directory = certificate("bad");
    const other = certificate("other");
    const put = (file: string, text: string | undefined) => {
      const path = join(directory, "site", file);
      if (text === undefined) rmSync(path);
      else writeFileSync(path, text);
    };
    const refused = () => {
      try {
        checkCertificates(directory, now);
        return "";
      } catch (error) {
        return (error as Error).message;
      }
    };
    expect(() => checkCertificates(directory, now + 31 * 24 * 3600_000)).toThrow(/it expired on .* renew it/);
    put("privkey.pem", execFileSync("cat", [join(other, "site/privkey.pem")]).toString());
    expect(refused()).toBe("the certificate site is refused: its key belongs to another certificate");
    put("privkey.pem", "half a key: MIIEvQ");
    expect(refused()).toBe(
      "the certificate site is refused: privkey.pem is no key in PEM without a passphrase",
    );
    put("privkey.pem", undefined);
    expect(refused()).toBe("the certificate site is refused: privkey.pem is missing");
    put("fullchain.pem", "-----BEGIN CERTIFICATE-----\n");
    expect(refused()).toBe("the certificate site is refused: fullchain.pem is no PEM");
  });
});

describe("the keys of session tickets", () => {
  const first = nextTickets(new Map(), 0);
  const keysOf = (tickets: ReturnType<typeof nextTickets>) =>
    [1, 2, 3].map((place) => tickets.get(`tickets/${place}.key`)?.toString("hex"));

  it("are three of 80 bytes, all different", () => {
    expect(keysOf(first).map((key) => key?.length)).toEqual([160, 160, 160]);
    expect(new Set(keysOf(first)).size).toBe(3);
  });

  it("rotate so that each node reads what the other one writes, though it is one rotation behind", () => {
    const second = nextTickets(first, 1);
    const third = nextTickets(second, 2);
    expect(keysOf(first), "the one behind reads the new one's tickets").toContain(keysOf(second)[0]);
    expect(keysOf(second), "and the other way round").toContain(keysOf(first)[0]);
    expect(keysOf(third)).not.toContain(keysOf(first)[0]);
  });

  it.each([
    ["fresh", true, 23, false],
    ["a day old", true, 25, true],
    ["a day old, and not on both nodes", false, 25, false],
    ["three days old", false, 73, true],
    ["of a clock that was a day ahead", true, -25, true],
  ])("that are %s", (_, acknowledged, hours, due) => {
    expect(ticketsDue(first, acknowledged, hours * 3600_000)).toBe(due);
  });

  it("come with a key for HTTP/3 that stays, and with one at once where there is none yet", () => {
    const of = (tickets: ReturnType<typeof nextTickets>) => tickets.get("tickets/quic.key")?.toString("hex");
    expect(of(first)).toMatch(/^[0-9a-f]{64}$/);
    expect(of(nextTickets(first, 1))).toBe(of(first));
    const older = new Map([...first].filter(([path]) => path !== "tickets/quic.key"));
    expect(ticketsDue(older, true, 0)).toBe(true);
  });

  it("are named to nginx, the one that encrypts first", () => {
    expect(ticketsConf("/x").match(/ssl_session_ticket_key \S+/g)).toEqual(
      [1, 2, 3].map((place) => `ssl_session_ticket_key /x/tickets/${place}.key;`),
    );
  });
});
