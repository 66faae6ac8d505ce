import { describe, expect, it } from "vitest";
import { nodeNames } from "../../../lab/pair/machines";
import { pair } from "../pair/subject";
import { wordsOf } from "../sync/words-of";
import { nginxHa, printed } from "./subject";

interface Said {
  message: string;
  generation?: string;
  made?: boolean;
  acknowledged?: boolean;
}

const words = wordsOf(pair);
/** Of both nodes, for the operator's site. */
const answers = (): Promise<string[]> => Promise.all(nodeNames.map(words.answerOf));
const write = async (text: string): Promise<string> => words.write(await pair.holder(), text);

describe("publish and rollback", () => {
  let first = "";

  it("publish takes the holder's files to both nodes, and says which generation it is", async () => {
    await pair.untilHealthy();
    await write("one");
    const result = await nginxHa("publish", "--json");
    const said = printed<Said>("publish", result);
    expect(said).toMatchObject({ made: expect.any(Boolean), acknowledged: true });
    expect(said.message).toBe(
      `${said.made ? "serves" : "served already"}: generation ${said.generation}, on both nodes`,
    );
    expect(result.exitCode).toBe(0);
    expect(await answers()).toEqual(["one", "one"]);
    first = said.generation ?? "";
    const { nodes } = await pair.status();
    expect(nodes.map(({ report }) => report?.GENERATION)).toEqual([first, first]);
    await write("two");
    const next = await nginxHa("publish");
    expect(next.stdout).toMatch(/^serve[sd].*: generation \d+-\d+-[0-9a-f]{12}, on both nodes$/);
    expect(await answers()).toEqual(["two", "two"]);
  });

  it("publish passes on why it was refused, and both nodes serve on", async () => {
    const holder = await pair.holder();
    await pair.succeed(holder, "echo 'nonsense on;' >/etc/nginx-ha/sites/bad.conf");
    try {
      const text = await nginxHa("publish");
      expect(text.stderr).toMatch(/^error: .*unknown directive "nonsense"/);
      expect([text.stdout, text.exitCode]).toEqual(["", 1]);
      const json = await nginxHa("publish", "--json");
      expect(printed<Said>("publish", json).message).toContain('unknown directive "nonsense"');
      expect(json.exitCode).toBe(1);
    } finally {
      await pair.succeed(holder, "rm -f /etc/nginx-ha/sites/bad.conf");
    }
    expect(await answers()).toEqual(["two", "two"]);
    await pair.untilHealthy();
  });

  it("rollback makes the one before the next one, or the one that is named", async () => {
    const back = await nginxHa("rollback", "--json");
    expect(printed<Said>("rollback", back)).toMatchObject({ made: true, acknowledged: true });
    expect(back.exitCode).toBe(0);
    expect(await answers()).toEqual(["one", "one"]);
    await write("three");
    await nginxHa("publish");
    expect(await answers()).toEqual(["three", "three"]);
    const named = await nginxHa("rollback", first);
    expect(named.stdout).toMatch(/^serves: generation .*, on both nodes$/);
    expect(await answers()).toEqual(["one", "one"]);
  });

  it("rollback to what is not there names what is; a word that is no generation is not sent", async () => {
    const none = await nginxHa("rollback", "999999");
    expect(none.stderr).toMatch(/^error: 999999 is no generation to go back to from .*; there are /);
    expect(none.exitCode).toBe(1);
    const word = await nginxHa("rollback", "yesterday");
    expect(word.stderr).toContain("It must be a generation's number, or all of its name as in the status.");
    expect(word.exitCode).toBe(2);
  });

  it("publish where the synchronisation does not run: one sentence, and nobody knows", async () => {
    const holder = await pair.holder();
    await pair.succeed(holder, "systemctl stop nginx-ha-sync");
    try {
      const { stderr, exitCode } = await nginxHa("publish");
      expect(stderr).toContain("the synchronisation does not answer");
      expect(exitCode).toBe(2);
    } finally {
      await pair.succeed(holder, "systemctl start nginx-ha-sync");
    }
    await pair.succeed(holder, "rm -f /etc/nginx-ha/sites/op.conf");
    await nginxHa("publish");
    await pair.untilHealthy();
  });
});
