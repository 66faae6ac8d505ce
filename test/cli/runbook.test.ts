import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { units } from "../../cli/commands/logs";
import { problemKinds } from "../../cli/status/judge";

const text = readFileSync(join(__dirname, "../../docs/runbook.md"), "utf8");
const sections = text.split(/^## /m).slice(1);

it("the runbook has a heading for each problem of the status, one for the synchronisation's alarms, and no other", () => {
  const headings = sections.map((section) => section.split("\n")[0]);
  expect(headings.sort()).toEqual([...Object.values(problemKinds), "An alarm of the synchronisation"].sort());
});

it("the runbook and the remedies name services whose logs can be asked for", () => {
  const judge = readFileSync(join(__dirname, "../../cli/status/judge.ts"), "utf8");
  const named = [...`${text}${judge}`.matchAll(/--unit ([\w-]+)/g)].map(([, unit]) => unit);
  expect(named.length).toBeGreaterThan(3);
  for (const unit of named) expect(units).toContain(unit);
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
