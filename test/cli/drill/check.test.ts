import { describe, expect, it } from "vitest";
import { checkHistory } from "../../../cli/drill/check";
import { historyOf, type Story } from "./example";

const judged = (story?: Story) => {
  const [verdict] = checkHistory(historyOf(story));
  if (!verdict) throw new Error("there is one fault");
  return verdict;
};
const broken = (story?: Story): string[] =>
  judged(story)
    .checks.filter(({ ruling }) => ruling !== "valid")
    .map(({ invariant, ruling, text }) => `${invariant} ${ruling}: ${text}`);

describe("checkHistory", () => {
  it("finds a failover that went well valid", () => {
    expect(judged()).toMatchObject({
      fault: "nginx-kill",
      node: "nginx-a",
      expected: "moves",
      observed: "nginx-a → nginx-b",
      gapMs: 110,
      failed: 10,
      ruling: "valid",
    });
    expect(broken()).toEqual([]);
  });

  it.each<[string, Story, string[]]>([
    [
      "I1: both nodes serve the VIP",
      {
        a: [
          [300, "FAULT", false],
          [1500, "BACKUP", false],
        ],
      },
      ["I1 invalid: both nodes served it for 240 ms (bound 50 ms)"],
    ],
    [
      "I2: nobody answers for too long",
      { silent: [0, 900] },
      ["I2 invalid: 910 ms without an answer (bound 500 ms)"],
    ],
    [
      "I2: nobody answers to the end",
      { silent: [1000, 9999] },
      ["I2 invalid: 3998 ms without an answer (bound 500 ms)"],
    ],
    ["I3: another configuration is served", { after: "c0" }, ["I3 invalid: served: c1, c0"]],
    ["I4: it does not get whole", { healed: 0 }, ["I4 invalid: not whole again within 60 s"]],
    [
      "I4: it could not be undone",
      { notUndone: "exit status 91" },
      ["I4 invalid: not undone: exit status 91"],
    ],
    [
      "I5: the VIP stays where it must move",
      { a: [], b: [] },
      ["I5 invalid: a node became MASTER 0 times (should be 1)"],
    ],
    [
      "I5: the old holder takes it back",
      {
        a: [
          [20, "FAULT", false],
          [1500, "MASTER", true],
        ],
        b: [
          [60, "MASTER", true],
          [1495, "BACKUP", false],
        ],
      },
      ["I5 invalid: a node became MASTER 2 times (should be 1)"],
    ],
    [
      "I5: the VIP moves where it must stay",
      { fault: "api-down", silent: [0, 0], healed: 3500 },
      ["I5 invalid: a node became MASTER 1 time (should be 0)"],
    ],
  ])("%s", (_title, story, expected) => {
    expect(broken(story)).toEqual(expected);
    expect(judged(story).ruling).toBe("invalid");
  });

  it("excuses two holders for as long as a partition lasts, and no longer", () => {
    const split: Story = { fault: "partition", silent: [0, 0], a: [], healed: 3500 };
    expect(
      broken({
        ...split,
        b: [
          [300, "MASTER", true],
          [3050, "BACKUP", false],
        ],
      }),
    ).toEqual([]);
    expect(
      broken({
        ...split,
        b: [
          [300, "MASTER", true],
          [4400, "BACKUP", false],
        ],
      }),
    ).toEqual(["I1 invalid: both nodes served it for 500 ms beside the partition (bound 50 ms)"]);
  });

  it.each<[string, [number, number] | undefined, string[]]>([
    ["keeps them", [0, 300], []],
    ["cuts some", [3, 300], ["I6 invalid: 3 established connections of 8 were cut"]],
    ["held none", [0, 0], ["I6 unknown: nothing was answered on an established connection"]],
    ["nobody held any", undefined, ["I6 unknown: nothing was answered on an established connection"]],
  ])("looks at established connections where they are kept: %s", (_title, held, expected) => {
    const story: Story = { fault: "nginx-restart", silent: [0, 0], ...(held && { held }) };
    expect(broken(story)).toEqual(expected);
    expect(broken({ ...story, fault: "nginx-kill" })).toEqual([]);
  });

  it("does not call what is missing good", () => {
    const cut = historyOf({ whole: false });
    expect(checkHistory(cut)[0]?.ruling).toBe("unknown");
    // The VIP may have moved after the last line.
    expect(checkHistory(historyOf({ whole: false, a: [], b: [] }))[0]).toMatchObject({
      ruling: "unknown",
      checks: expect.arrayContaining([expect.objectContaining({ invariant: "I5", ruling: "unknown" })]),
    });
    const unseen = { ...cut, events: historyOf().events.filter(({ t }) => t !== "node") };
    const [verdict] = checkHistory({ ...unseen, whole: true });
    expect(verdict?.checks.find(({ invariant }) => invariant === "I1")?.ruling).toBe("unknown");
    const unprobed = historyOf().events.filter(({ t }) => t !== "probe");
    expect(checkHistory({ ...cut, events: unprobed, whole: true })[0]).toMatchObject({
      ruling: "unknown",
      total: 0,
    });
  });
});
