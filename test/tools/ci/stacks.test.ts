import { join } from "node:path";
import { expect, it } from "vitest";
import { affected, stacksOf } from "../../../tools/ci/stacks";

const shared = "config/shared/edge.yaml";
const stacks = [{ name: "dev", shared }, { name: "office" }, { name: "prod-eu-west-1", shared }];
const all = ["dev", "office", "prod-eu-west-1"];

it.each<[string, string[], string[]]>([
  ["nothing but a page", ["README.md", "docs/stacks.md"], []],
  ["tests, the lab and benchmarks", ["test/lab/x.test.ts", "lab/main.ts", "bench/aws.ts"], []],
  ["an annotated example", ["Pulumi.example.yaml"], []],
  ["one stack's file", ["Pulumi.office.yaml"], ["office"]],
  ["the file that some share", [shared], ["dev", "prod-eu-west-1"]],
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
    { name: "dev", shared },
    { name: "prod-eu-west-1", shared },
    { name: "prod-us-east-1", shared },
  ]);
});
