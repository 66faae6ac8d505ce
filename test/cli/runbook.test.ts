import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { ALARM_KINDS } from "../../agent/sync/alarms";
import { units } from "../../cli/commands/logs";
import { problemKinds } from "../../cli/status/judge";

const read = (file: string): string => readFileSync(join(__dirname, "../..", file), "utf8");
const text = read("docs/runbook.md");
const sections = text.split(/^## /m).slice(1);

it("the runbook has a heading for each problem of the status, one for the synchronisation's alarms, and no other", () => {
  const headings = sections.map((section) => section.split("\n")[0]);
  expect(headings.sort()).toEqual([...Object.values(problemKinds), "An alarm of the synchronisation"].sort());
});

it("the runbook and the remedies name services whose logs can be asked for", () => {
  const judge = read("cli/status/judge.ts");
  const named = [...`${text}${judge}`.matchAll(/--unit ([\w@-]+)/g)].map(([, unit]) => unit);
  expect(named.length).toBeGreaterThan(3);
  for (const unit of named) expect(units).toContain(unit);
});

it.each([...ALARM_KINDS, "sync"])("what the alarm %s means is a link away from the runbook", (kind) => {
  expect(text).toContain(`[\`${kind}\`](synchronisation.md#${kind})`);
  expect(read("docs/synchronisation.md")).toContain(`\n### \`${kind}\`\n`);
});

it.each(units)("%s is explained in the README, and named where its logs are", (unit) => {
  expect(read("README.md")).toContain(`\n| \`${unit.replace(/@.*/, "@")}\` |`);
  expect(read("docs/commands/logs.md")).toContain(`\`${unit}\``);
});

it.each(
  sections.map((section) => [section.split("\n")[0], section]),
)("%s: Meaning, Impact, Diagnosis, Mitigation", (_title, section) => {
  expect([...(section ?? "").matchAll(/^\*\*(\w+)\.\*\*/gm)].map(([, word]) => word)).toEqual([
    "Meaning",
    "Impact",
    "Diagnosis",
    "Mitigation",
  ]);
});
