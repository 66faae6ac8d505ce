import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { dehydratedConfig, requestCommand } from "../../../agent/acme/authority";
import { failedAgain, isTooEarly, reasonIn, whyDue } from "../../../agent/acme/decide";
import { troubleOf } from "../../../agent/acme/places";
import { certificate } from "./certificate";

const root = mkdtempSync(join(tmpdir(), "nginx-ha-acme-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const DAY_MS = 24 * 3600_000;
const directory = "https://ca.example.org/dir";
const names = ["a.example.org", "b.example.org"];

describe("a certificate is due", () => {
  const one = { chain: certificate(names).chain, directory };
  const wanted = { name: "main", names };
  const now = Date.now();

  it.each([
    ["when there is none", undefined, wanted, directory, 0, "there is none yet"],
    ["not when it is new", one, wanted, directory, 0, undefined],
    [
      "not for the order of its names",
      one,
      { name: "main", names: [...names].reverse() },
      directory,
      0,
      undefined,
    ],
    ["not when a third of its life is left", one, wanted, directory, 59, undefined],
    [
      "for one more name",
      one,
      { name: "main", names: [...names, "c.example.org"] },
      directory,
      0,
      "it is for other names",
    ],
    ["for a name less", one, { name: "main", names: names.slice(1) }, directory, 0, "it is for other names"],
    ["at another authority", one, wanted, "https://other.example.org/", 0, "it is another authority's"],
  ])("%s", (_title, there, what, from, days, why) => {
    expect(whyDue(there, what, from, now + days * DAY_MS)).toBe(why);
  });

  it("when less than a third of its life is left, and after its end", () => {
    for (const days of [61, 91])
      expect(whyDue(one, wanted, directory, now + days * DAY_MS)).toMatch(/^it ends on /);
  });
});

describe("a failure", () => {
  const minutes = (count: number) => count * 60_000;
  const failures = (times: number) =>
    Array.from({ length: times }).reduce<ReturnType<typeof failedAgain> | undefined>(
      (before) => failedAgain(before, "x", "why", 0),
      undefined,
    );

  it.each([
    [1, 10],
    [2, 20],
    [3, 40],
    [20, 720],
  ])("number %i is followed by a pause of %i minutes", (times, pause) => {
    expect(isTooEarly(failures(times), "x", minutes(pause) - 1)).toBe(true);
    expect(isTooEarly(failures(times), "x", minutes(pause))).toBe(false);
  });

  it("is forgotten when something else is wanted, and when the clock was set back", () => {
    expect(isTooEarly(failures(3), "y", 1)).toBe(false);
    expect(failedAgain(failures(3), "y", "why", 0).times).toBe(1);
    expect(isTooEarly(failures(1), "x", -minutes(11))).toBe(false);
    expect(isTooEarly(undefined, "x", 0)).toBe(false);
  });

  it.each([
    [
      'Details:\n{"type": "urn:ietf:params:acme:error:malformed",\n"detail": "JWS verification error",\n"status": 400}\n\n',
      "JWS verification error",
    ],
    [
      'ERROR: Challenge is invalid! (returned: invalid) (result: ["error","detail"]\t"192.0.2.1: Invalid response from http://a.example.org/: 404")',
      "192.0.2.1: Invalid response from http://a.example.org/: 404",
    ],
    [
      " + x\nERROR: Problem connecting to server (get for https://x; curl returned with 7)\nEXPECTED value GOT EOF\n",
      "Problem connecting to server (get for https://x; curl returned with 7)",
    ],
    ["", "it ended without a word"],
  ])("is told in the authority's words: %j", (output, reason) => {
    expect(reasonIn(output)).toBe(reason);
  });

  it("is an alarm, each certificate's with how often it was tried", () => {
    const path = join(root, "trouble.json");
    expect(troubleOf(path)).toBeUndefined();
    execFileSync("sh", [
      "-c",
      `echo '${JSON.stringify({ main: failures(1), other: failures(2) })}' >${path}`,
    ]);
    expect(troubleOf(path)).toBe("certificate main, tried once: why; certificate other, tried 2 times: why");
    execFileSync("sh", ["-c", `echo '{ half' >${path}`]);
    expect(troubleOf(path)).toBeUndefined();
  });
});

it("dehydrated reads its settings as a shell does, whatever is in them", () => {
  const text = dehydratedConfig({ directory, email: "a@example.org", trustedCertificate: "/etc/ssl/x.pem" });
  const script = `${text}printf '%s\\n' "$CA" "$CONTACT_EMAIL" "$CURL_OPTS" "$CHALLENGETYPE" "$WELLKNOWN"`;
  expect(execFileSync("sh", ["-c", script]).toString().split("\n")).toEqual([
    directory,
    "a@example.org",
    "--max-time 60 --cacert /etc/ssl/x.pem",
    "http-01",
    "/run/nginx-ha-acme/challenges",
    "",
  ]);
});

it("each request has a new key, for root alone, and the names and nothing else", () => {
  const [key, request] = [join(root, "key.pem"), join(root, "request.pem")];
  const made = Array.from({ length: 2 }, () => {
    execFileSync("openssl", requestCommand(names, key, request), { stdio: "ignore" });
    return readFileSync(key, "utf8");
  });
  expect(made[0]).not.toBe(made[1]);
  expect(statSync(key).mode & 0o777).toBe(0o600);
  const shown = execFileSync("openssl", ["req", "-in", request, "-noout", "-text"]).toString();
  expect(shown).toContain("DNS:a.example.org, DNS:b.example.org");
  expect(shown).toMatch(/Subject: *\n/);
});
