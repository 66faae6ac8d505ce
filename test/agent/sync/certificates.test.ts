import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import {
  FOLDERS,
  forgetStaged,
  hasCertificates,
  linkCertificates,
  namedCertificates,
  stagedCertificates,
  withCertificates,
  withIssued,
} from "../../../agent/sync/certificates";
import { Refused } from "../../../agent/sync/refused";
import { nextTickets, withTickets } from "../../../agent/sync/tickets";

const root = mkdtempSync(join(tmpdir(), "nginx-ha-certificates-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const put = (path: string, text = ""): void => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
};
const tree = (files: Record<string, string>) =>
  new Map(Object.entries(files).map(([path, text]) => [path, Buffer.from(text)]));
const text = (of: ReadonlyMap<string, Buffer>) =>
  Object.fromEntries([...of].map(([path, content]) => [path, content.toString()]));

it("has the folders that a node looks in before it leads a name to what was staged", () => {
  const script = readFileSync("node/scripts/certificates.sh", "utf8");
  expect(script).toContain(`for folder in ${FOLDERS.join(" ")}; do`);
});

const before = tree({
  "tickets/1.key": "t",
  "certificates/main/fullchain.pem": "old",
  "certificates/named/fullchain.pem": "still named",
  "certificates/gone/fullchain.pem": "named by nothing",
});

it("takes the given certificates whole, keeps those that are still named, and the keys of tickets", () => {
  const after = withCertificates(
    before,
    tree({ "certificates/main/privkey.pem": "new" }),
    new Set(["main", "named"]),
  );
  expect(text(after)).toEqual({
    "tickets/1.key": "t",
    "certificates/named/fullchain.pem": "still named",
    "certificates/main/privkey.pem": "new",
  });
});

describe("what comes by ACME", () => {
  const standIn = { "placeholders/main/fullchain.pem": "stand-in" };
  const issued = { "acme/main/fullchain.pem": "issued", "acme-accounts/ca/account_key.pem": "account" };

  it("takes the place of the stack's own, for names that are to come from there, and brings the account", () => {
    const stack = { "tickets/1.key": "t", "certificates/main/fullchain.pem": "old", ...standIn };
    const after = withIssued(tree(stack), tree(issued));
    expect(text(after)).toEqual({ "tickets/1.key": "t", ...standIn, ...issued });
    const next = tree({ "acme/main/fullchain.pem": "renewed", "acme-accounts/ca2/account_key.pem": "new" });
    expect(text(withIssued(after, next))).toEqual({ "tickets/1.key": "t", ...standIn, ...text(next) });
  });

  it("is refused for a name that is not to come from there, so that nobody takes it for published", () => {
    const other = tree({ ...issued, "acme/other/fullchain.pem": "not wanted" });
    expect(() => withIssued(tree(standIn), other)).toThrow(
      new Refused("the certificate other is not to come by ACME: the stack has no stand-in for it"),
    );
  });

  it("stays as long as the stack says that it comes from there, and no longer", () => {
    const stack = tree({ ...standIn, ...issued });
    expect(text(withCertificates(stack, tree(standIn), new Set(["main"])))).toEqual({
      ...standIn,
      ...issued,
    });
    const own = { "certificates/main/fullchain.pem": "own" };
    expect(text(withCertificates(stack, tree(own), new Set(["main"])))).toEqual({
      "acme-accounts/ca/account_key.pem": "account",
      ...own,
    });
    expect(text(withCertificates(stack, new Map(), new Set()))).toEqual({
      "acme-accounts/ca/account_key.pem": "account",
    });
  });

  it("leaves one of the stack's where it is until it has come", () => {
    const own = { "certificates/main/fullchain.pem": "own" };
    const after = withCertificates(tree(own), tree(standIn), new Set(["main"]));
    expect(text(after)).toEqual({ ...own, ...standIn });
    expect(text(withIssued(after, tree(issued)))).toEqual({ ...standIn, ...issued });
  });

  it("is what its name leads to, before a stand-in, and after the stack's own", () => {
    const of = (...folders: string[]): string => {
      const home = join("links", folders.join("-"));
      for (const folder of folders) put(join(home, "serving", folder, "main/fullchain.pem"));
      linkCertificates(join(root, home), join(root, home, "serving"));
      return (
        readlinkSync(join(root, home, "certificates/main"))
          .split("/")
          .at(-2) ?? ""
      );
    };
    expect(of("placeholders")).toBe("placeholders");
    expect(of("placeholders", "acme")).toBe("acme");
    expect(of("placeholders", "acme", "certificates")).toBe("certificates");
  });
});

it("has certificates when all are there as they were given", () => {
  expect(hasCertificates(before, tree({ "certificates/main/fullchain.pem": "old" }))).toBe(true);
  expect(hasCertificates(before, tree({ "certificates/main/fullchain.pem": "new" }))).toBe(false);
  expect(hasCertificates(before, tree({ "certificates/other/fullchain.pem": "old" }))).toBe(false);
  expect(hasCertificates(before, new Map())).toBe(true);
});

it("does not lose certificates when the keys of tickets change, nor makes keys anew that are there", () => {
  const renewed = nextTickets(before, 0);
  expect(renewed.get("certificates/main/fullchain.pem")?.toString()).toBe("old");
  expect(renewed.get("tickets/1.key")).toHaveLength(80);
  expect(withTickets(renewed, 1)).toBe(renewed);
});

it("finds the names that any kept configuration has, the operator's files included", () => {
  put("generations/1-1-a/nginx.conf", "ssl_certificate /etc/nginx-ha/certificates/main/fullchain.pem;");
  put(
    "generations/1-2-b/sites/more.conf",
    "ssl_certificate_key /etc/nginx-ha/certificates/api-2/privkey.pem;",
  );
  put("content/c/nginx.conf", "ssl_certificate /etc/nginx-ha/certificates/next/fullchain.pem;");
  const named = (...names: string[]) => namedCertificates(names.map((name) => join(root, name)));
  expect(named("generations", "content")).toEqual(new Set(["main", "api-2", "next"]));
  expect(named("none")).toEqual(new Set());
});

it("forgets what was staged before, and leaves what is being staged", () => {
  const [old, now] = ["0".repeat(64), "1".repeat(64)];
  const contents = join(root, "staged");
  for (const name of [old.slice(0, 12), now.slice(0, 12), ".stage-x"])
    put(`staged/${name}/certificates/main/privkey.pem`);
  expect(stagedCertificates(contents)).toEqual(["main", "main", "main"]);
  forgetStaged(contents, now);
  expect(readdirSync(contents).sort()).toEqual([".stage-x", now.slice(0, 12)]);
  forgetStaged(contents, "");
  expect(readdirSync(contents), "the stack has no certificates any more").toEqual([".stage-x"]);
});

it("links names to what is served, leaves staged ones until then, and removes what leads nowhere", () => {
  put("secrets/serving/certificates/main/fullchain.pem");
  put("secrets/content/1/certificates/main/fullchain.pem");
  put("secrets/content/1/certificates/new/fullchain.pem");
  mkdirSync(join(root, "certificates"));
  for (const name of ["main", "new"])
    symlinkSync(join(root, "secrets/content/1/certificates", name), join(root, "certificates", name));
  symlinkSync(join(root, "secrets/serving/certificates/old"), join(root, "certificates/old"));
  linkCertificates(root, join(root, "secrets/serving"));
  const links = readdirSync(join(root, "certificates")).map((name) => [
    name,
    readlinkSync(join(root, "certificates", name)).slice(root.length + 1),
  ]);
  expect(Object.fromEntries(links)).toEqual({
    main: "secrets/serving/certificates/main",
    new: "secrets/content/1/certificates/new",
  });
});
