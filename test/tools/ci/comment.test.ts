import { expect, it } from "vitest";
import { comment, preview } from "../../../tools/ci/comment";

const urn = (type: string, name: string): string =>
  `urn:pulumi:dev::nginx-ha::nginx-ha:index:NginxPair$${type}::${name}`;
const step = (op: string, type: string, name: string, more: object = {}) => ({
  op,
  urn: urn(type, name),
  ...more,
});

it("says what is made, changed, replaced and deleted, by name and never by value", () => {
  const read = preview.parse({
    steps: [
      { op: "same", urn: "urn:pulumi:dev::nginx-ha::pulumi:pulumi:Stack::nginx-ha-dev" },
      step("same", "aws:ec2/vpc:Vpc", "edge-vpc"),
      step("create-replacement", "aws:ec2/instance:Instance", "edge-nginx-a", {
        replaceReasons: ["instanceType"],
        newState: { inputs: { userData: "a secret" } },
      }),
      step("replace", "aws:ec2/instance:Instance", "edge-nginx-a", { replaceReasons: ["instanceType"] }),
      step("delete-replaced", "aws:ec2/instance:Instance", "edge-nginx-a"),
      step("update", "aws:ec2/eip:Eip", "edge-vip", { diffReasons: ["tags"] }),
      step("delete", "aws:ec2/route:Route", "edge-default-route"),
      step("create", "aws:route53/record:Record", "edge-record", { diffReasons: null }),
    ],
    changeSummary: { same: 2 },
  });
  expect(comment("dev", read)).toBe(`### dev: 1 to replace, 1 to update, 1 to delete, 1 to create

| | type | name | because of |
|---|---|---|---|
| ± replace | aws:ec2/instance:Instance | \`edge-nginx-a\` | \`instanceType\` |
| ~ update | aws:ec2/eip:Eip | \`edge-vip\` | \`tags\` |
| - delete | aws:ec2/route:Route | \`edge-default-route\` |  |
| + create | aws:route53/record:Record | \`edge-record\` |  |
`);
});

it("says that nothing changes", () => {
  expect(comment("dev", preview.parse({ steps: [step("same", "aws:ec2/vpc:Vpc", "edge-vpc")] }))).toBe(
    "### dev: no changes\n",
  );
});

it("shows why a preview failed, and only that", () => {
  const diagnostics = [
    { severity: "warning", message: "old" },
    { severity: "error", message: "<{%fg 1%}>error:<{%reset%}> nginx-ha:cluster.name: is required\n```" },
  ];
  expect(comment("dev", preview.parse({ diagnostics }))).toBe(
    "### dev: the preview failed\n\n```\nerror: nginx-ha:cluster.name: is required\n'''\n```\n",
  );
});
