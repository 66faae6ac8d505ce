import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Around, renew } from "../../../agent/acme/renew";
import { writeTree } from "../../../agent/sync/durable";
import { readTree } from "../../../agent/sync/tree";
import { certificate } from "./certificate";

const directory = "https://ca.example.org/dir";
const names = { one: ["one.example.org"], two: ["two.example.org"] };
const made = { one: certificate(names.one), two: certificate(names.two) };
type Name = keyof typeof names;

let root: string;
/** What was asked for, and what was published, in their order. */
let done: string[];
let troubled: Partial<Record<string, string>>;
let master: boolean;
let accounts: Map<string, Buffer>;
let around: Around;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "nginx-ha-renew-"));
  done = [];
  troubled = {};
  master = true;
  accounts = new Map([["ca/account_key.pem", Buffer.from("account")]]);
  const fail = (what: string): void => {
    done.push(what);
    if (troubled[what] !== undefined) throw new Error(troubled[what]);
  };
  around = {
    settings: {
      directory,
      certificates: (["one", "two"] as const).map((name) => ({ name, names: names[name] })),
    },
    ...{ secrets: join(root, "secrets"), issued: join(root, "issued"), trouble: join(root, "trouble.json") },
    isMaster: () => master,
    authority: () => ({
      async certificate({ name }) {
        fail(`ask ${name}`);
        return made[name as Name];
      },
      accounts: () => accounts,
    }),
    async publish(name) {
      fail(`publish ${name}`);
      serve(name as Name);
      return "serves";
    },
  };
  for (const name of ["one", "two"])
    mkdirSync(join(around.secrets, "placeholders", name), { recursive: true });
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** As the synchronisation does it. */
function serve(name: Name): void {
  const tree = readTree(join(around.issued, name));
  rmSync(join(around.secrets, "acme", name), { recursive: true, force: true });
  mkdirSync(join(around.secrets, "acme"), { recursive: true });
  const own = [...tree].filter(([path]) => path.startsWith(`acme/${name}/`));
  const files = own.map(([path, content]): [string, Buffer] => [path.slice(`acme/${name}/`.length), content]);
  writeTree(join(around.secrets, "acme", name), new Map(files), { file: 0o600, directory: 0o700 });
}
const troubles = () => JSON.parse(readFileSync(around.trouble, "utf8"));

it("gets what is due, has it published, and is content with it", async () => {
  expect(await renew(around)).toBe(true);
  expect(done).toEqual(["ask one", "publish one", "ask two", "publish two"]);
  expect(readdirSync(around.issued)).toEqual([]);
  done.length = 0;
  expect(await renew(around)).toBe(true);
  expect(done).toEqual([]);
});

it("asks for nothing that nobody would take: its name has no stand-in", async () => {
  rmSync(join(around.secrets, "placeholders/one"), { recursive: true });
  expect(await renew(around)).toBe(true);
  expect(done).toEqual(["ask two", "publish two"]);
});

describe("what could not be published", () => {
  beforeEach(async () => {
    troubled = { "publish one": "it cannot", "publish two": "it cannot" };
    expect(await renew(around)).toBe(false);
    expect(done).toEqual(["ask one", "publish one", "ask two", "publish two"]);
    done.length = 0;
  });

  it("is kept, each beside the others, for root alone, and with the account", () => {
    for (const name of ["one", "two"] as const) {
      const path = (file: string): string => join(around.issued, name, file);
      expect(readFileSync(path(`acme/${name}/fullchain.pem`), "utf8")).toBe(made[name].chain);
      expect(statSync(path(`acme/${name}/privkey.pem`)).mode & 0o777).toBe(0o600);
      expect(readFileSync(path("acme-accounts/ca/account_key.pem"), "utf8")).toBe("account");
    }
    expect(troubles()).toMatchObject({ one: { times: 1, reason: "it cannot" }, two: { times: 1 } });
  });

  it("is tried again at the next look, and not asked for again", async () => {
    expect(await renew(around)).toBe(false);
    expect(done).toEqual(["publish one", "publish two"]);
    expect(troubles()).toMatchObject({ one: { times: 2 } });
    troubled = {};
    expect(await renew(around)).toBe(true);
    expect(done.slice(2)).toEqual(["publish one", "publish two"]);
    expect(troubles()).toEqual({});
  });

  it("stays when another one has to be asked for before it", async () => {
    rmSync(join(around.issued, "one"), { recursive: true });
    rmSync(around.trouble);
    troubled = { "publish one": "it cannot" };
    expect(await renew(around)).toBe(false);
    expect(done).toEqual(["ask one", "publish one", "publish two"]);
  });

  it("is forgotten when its name comes from elsewhere", async () => {
    rmSync(join(around.secrets, "placeholders/one"), { recursive: true });
    expect(await renew(around)).toBe(false);
    expect(readdirSync(around.issued)).toEqual(["two"]);
    expect(Object.keys(troubles())).toEqual(["two"]);
  });

  it("is nobody's trouble here when the node is not MASTER any more", async () => {
    rmSync(around.trouble);
    around.publish = async () => {
      master = false;
      throw new Error("this node is not MASTER");
    };
    expect(await renew(around)).toBe(true);
    expect(troubles()).toEqual({});
  });
});

it("takes nothing for whole of which a part could not be written, the account least of all", async () => {
  // A directory where a file's name has to be.
  accounts = new Map([
    ["ca", Buffer.from("a file")],
    ["ca/account_key.pem", Buffer.from("account")],
  ]);
  expect(await renew(around)).toBe(false);
  expect(done).toEqual(["ask one", "ask two"]);
  expect(existsSync(join(around.issued, "one"))).toBe(false);
  rmSync(around.trouble);
  accounts = new Map();
  expect(await renew(around)).toBe(true);
  expect(done.slice(2)).toEqual(["ask one", "publish one", "ask two", "publish two"]);
  expect(readdirSync(around.issued)).toEqual([]);
});

it("asks an authority that refuses after a pause only", async () => {
  troubled = { "ask one": "too many" };
  expect(await renew(around)).toBe(false);
  expect(await renew(around)).toBe(false);
  expect(done).toEqual(["ask one", "ask two", "publish two"]);
});

it("writes down what went wrong when it changes, and not at every look", async () => {
  await renew(around);
  const { ino } = statSync(around.trouble);
  await renew(around);
  expect(statSync(around.trouble).ino).toBe(ino);
});
