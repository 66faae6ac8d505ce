import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { Event } from "../../../cli/history/events";
import { parseHistory, Recorder } from "../../../cli/history/history";

const run: Event = {
  t: "run",
  version: 1,
  kind: "drill",
  at: 0,
  pair: "edge",
  vip: "192.0.2.100",
  nodes: ["nginx-a", "nginx-b"],
  mode: "arp",
  advertMs: 100,
  drainS: 0,
  intervalMs: 5,
  from: "here",
  url: "http://192.0.2.100/",
  faults: ["nginx-kill"],
  ranOn: {},
};
const text = [run, { t: "end", at: 5 }].map((one) => `${JSON.stringify(one)}\n`).join("");

describe("parseHistory", () => {
  it("reads a whole one", () => {
    expect(parseHistory(text, "h.jsonl")).toMatchObject({ run: { pair: "edge" }, whole: true });
  });

  it("reads one that was cut in half as far as it goes", () => {
    expect(parseHistory(text.slice(0, -5), "h.jsonl")).toMatchObject({ whole: false });
    expect(parseHistory(`${JSON.stringify(run)}\n`, "h.jsonl")).toMatchObject({ whole: false });
  });

  it.each([
    ["", "h.jsonl is not a history of nginx-ha: it does not begin with a run."],
    ["<html>\n", "h.jsonl, line 1: is not JSON; a history has a line of JSON for each event."],
    [
      '{"t":"beat"}\n',
      "h.jsonl, line 1: is not an event of a history: node: Invalid input: expected string, received undefined.",
    ],
  ])("says in one sentence what is wrong with %j", (broken, message) => {
    expect(() => parseHistory(broken, "h.jsonl")).toThrow(message);
  });
});

describe("Recorder", () => {
  const scratch = mkdtempSync(join(tmpdir(), "nginx-ha-history-"));
  afterAll(() => rmSync(scratch, { recursive: true }));

  it("replaces an older history when there is something to write, and not before", () => {
    const file = join(scratch, "old.jsonl");
    writeFileSync(file, "old\n");
    const recorder = new Recorder(file);
    recorder.discard();
    expect(readFileSync(file, "utf8")).toBe("old\n");
    recorder.add(run);
    recorder.add({ t: "end", at: 5 });
    expect(readFileSync(file, "utf8")).toBe(text);
  });

  it("leaves no empty file behind, and takes none away that it did not make: /dev/null is one", () => {
    const file = join(scratch, "new.jsonl");
    new Recorder(file).discard();
    expect(existsSync(file)).toBe(false);
    writeFileSync(file, "");
    new Recorder(file).discard();
    expect(existsSync(file)).toBe(true);
  });

  it("says in one sentence where it cannot write", () => {
    const file = join(scratch, "none", "h.jsonl");
    expect(() => new Recorder(file)).toThrow(`${file} cannot be written (ENOENT).`);
  });
});
