import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { checkCertificates, checkNew } from "../../../agent/sync/certificate-check";
import { nextTickets, ticketsConf, ticketsDue } from "../../../agent/sync/tickets";
import { issueIn } from "../../issuing";

/** A certificate for 30 days, as an operator puts it there: self-signed, or by an authority that does not follow. */
function certificate(authority = false): Map<string, Buffer> {
  const root = mkdtempSync(join(tmpdir(), "nginx-ha-secrets-"));
  try {
    const issue = issueIn(root);
    issue("some authority", { authority: true });
    issue("example.org", authority ? { issuer: "some authority" } : {});
    return new Map([
      ["site/fullchain.pem", readFileSync(join(root, "example.org.crt"))],
      ["site/privkey.pem", readFileSync(join(root, "example.org.key"))],
    ]);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

const CHAIN = "site/fullchain.pem";
const KEY = "site/privkey.pem";
const good = certificate();
const bytes = (of: ReadonlyMap<string, Buffer>, path: string): Buffer => of.get(path) as Buffer;

describe("checkCertificates", () => {
  it("takes a certificate with its key, in each part of a generation, and what is none", () => {
    expect(() => checkCertificates(good)).not.toThrow();
    const all = new Map<string, Buffer>();
    for (const [path, content] of good)
      for (const part of ["private", "certificates"]) all.set(`${part}/${path}`, content);
    expect(() => checkCertificates(all.set("private/other/users", Buffer.from("x")))).not.toThrow();
    all.delete(`certificates/${KEY}`);
    expect(() => checkCertificates(all)).toThrow("privkey.pem is missing");
  });

  it.each<[string, Record<string, Buffer | undefined>, string]>([
    ["another one's key", { [KEY]: bytes(certificate(), KEY) }, "its key belongs to another certificate"],
    [
      "half a key",
      { [KEY]: Buffer.from("half a key: MIIEvQ") },
      "privkey.pem is no key in PEM without a passphrase",
    ],
    ["no key", { [KEY]: undefined }, "privkey.pem is missing"],
    ["no certificate", { [CHAIN]: undefined }, "fullchain.pem is missing"],
    [
      "half a certificate",
      { [CHAIN]: Buffer.from("-----BEGIN CERTIFICATE-----\n") },
      "fullchain.pem is no PEM",
    ],
  ])("refuses %s", (_, changes, message) => {
    const tree = new Map(good);
    for (const [path, content] of Object.entries(changes)) {
      if (content) tree.set(path, content);
      else tree.delete(path);
    }
    expect(() => checkCertificates(tree)).toThrow(new Error(`the certificate site is refused: ${message}`));
  });
});

describe("checkNew", () => {
  const late = Date.now() + 31 * 24 * 3600_000;

  it("refuses a new certificate that has expired", () => {
    expect(() => checkNew(good, new Map(), Date.now())).not.toThrow();
    expect(() => checkNew(good, new Map(), late)).toThrow(
      /certificate site is refused: it expired on .* renew it/,
    );
    expect(() => checkNew(good, certificate(), late), "another one was served").toThrow("it expired");
  });

  it("refuses a new one whose issuer does not follow it", () => {
    const lonely = certificate(true);
    expect(() => checkNew(lonely, new Map(), Date.now())).toThrow(
      /certificate site is refused: its issuer, CN=some authority, does not follow it: append the intermediate/,
    );
    expect(() => checkNew(lonely, lonely, Date.now()), "it is served already").not.toThrow();
  });

  it("lets one that is served already hold nothing else up", () => {
    expect(() => checkNew(new Map([...good, ["x", Buffer.from("new")]]), good, late)).not.toThrow();
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
