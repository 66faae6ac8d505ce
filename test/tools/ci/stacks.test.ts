import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { affected, removed, stacksOf } from "../../../tools/ci/stacks";

const edge = "config/shared/edge.yaml";
const production = "config/shared/production.yaml";
const stacks = [
  { name: "dev", shared: [edge] },
  { name: "office", shared: [] },
  { name: "prod-eu-west-1", shared: [edge, production] },
];
const all = ["dev", "office", "prod-eu-west-1"];

it.each<[string, string[], string[]]>([
  ["nothing but a page", ["README.md", "docs/stacks.md"], []],
  ["tests, the lab and benchmarks", ["test/lab/x.test.ts", "lab/main.ts", "bench/aws.ts"], []],
  ["an annotated example", ["Pulumi.example.yaml"], []],
  ["one stack's file", ["Pulumi.office.yaml"], ["office"]],
  ["the file that some share", [edge], ["dev", "prod-eu-west-1"]],
  ["a second file that one shares", [production], ["prod-eu-west-1"]],
  ["a component", ["components/aws/network.ts"], all],
  ["a script of the nodes", ["node/bin/vip-flush.sh"], all],
  ["the agent", ["agent/main.ts"], all],
  ["a version of a package", ["package-lock.json"], all],
  ["the program", ["index.ts", "README.md"], all],
])("%s affects the stacks that it must", (_what, changed, expected) => {
  expect(affected(changed, stacks)).toEqual(expected);
});

it("finds the project's stacks, and no example", () => {
  expect(stacksOf(join(__dirname, "../../.."))).toEqual([
    { name: "dev", shared: [edge] },
    { name: "prod-eu-west-1", shared: [edge, production] },
    { name: "prod-us-east-1", shared: [edge, production] },
  ]);
});

it("finds stacks whose file says nothing, is no YAML, or writes a path in a way of its own", () => {
  const root = mkdtempSync(join(tmpdir(), "nginx-ha-stacks-"));
  const file = (name: string, text: string) => writeFileSync(join(root, `Pulumi.${name}.yaml`), text);
  file("empty", "");
  file("bare", "secretsprovider: awskms://alias/pulumi\n");
  file("broken", "config: [\n");
  file("dotted", `config: {"nginx-ha:shared": ./config/../${edge}}\n`);
  expect(stacksOf(root)).toEqual([
    { name: "bare", shared: [] },
    { name: "broken", shared: [] },
    { name: "dotted", shared: [edge] },
    { name: "empty", shared: [] },
  ]);
  rmSync(root, { recursive: true });
});

it("knows a stack whose file is taken away", () => {
  const changed = ["Pulumi.yaml", "Pulumi.dev.yaml", "Pulumi.old.yaml", "Pulumi.example-old.yaml"];
  expect(removed(changed, stacks)).toEqual(["old"]);
});
