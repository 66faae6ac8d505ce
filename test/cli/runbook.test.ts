import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { problemKinds } from "../../cli/status/judge";

const text = readFileSync(join(__dirname, "../../docs/runbook.md"), "utf8");
const sections = text.split(/^## /m).slice(1);

it("the runbook has a heading for each problem of the status, and no other", () => {
  const headings = sections.map((section) => section.split("\n")[0]);
  expect(headings.sort()).toEqual(Object.values(problemKinds).sort());
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
