import { expect, it } from "vitest";
import { type Outputs, resolveReferences } from "../../config/references";

const says: Record<string, unknown> = { vpcId: "vpc-1", subnetIds: ["subnet-1", "subnet-2"] };
const outputs: Outputs = async (stack, output) => {
  if (stack !== "organization/network/dev") throw new Error(`unknown stack "${stack}"\nand more`);
  return output === "key" ? { secretValue: "s3cret" } : { value: says[output] };
};
const resolved = (cluster: unknown, stacks: unknown = { network: "organization/network/dev" }) =>
  resolveReferences(cluster, stacks, outputs);
// biome-ignore lint/suspicious/noTemplateCurlyInString: a reference as a stack's file has it
const VPC = "${network.vpcId}";

it("puts outputs of other stacks where references stand", async () => {
  const cluster = {
    network: { vpc: VPC },
    nodes: [0, 1].map((index) => ({ name: `n${index}`, subnet: `\${network.subnetIds.${index}}`, at: 1 })),
    kept: `not ${VPC}`,
  };
  expect(await resolved(cluster)).toEqual({
    problems: [],
    cluster: {
      network: { vpc: "vpc-1" },
      nodes: [
        { name: "n0", subnet: "subnet-1", at: 1 },
        { name: "n1", subnet: "subnet-2", at: 1 },
      ],
      kept: `not ${VPC}`,
    },
  });
});

it.each([
  ["other.vpcId", "needs nginx-ha:stacks.other, the stack that it refers to"],
  ["network.nothing", "is no output of the stack organization/network/dev; run its pulumi up first"],
  ["network.subnetIds.2", "is no output of the stack organization/network/dev; run its pulumi up first"],
  ["network.key", "is a secret of the stack organization/network/dev"],
])("says where %s leads nowhere", async (reference, text) => {
  const { problems } = await resolved({ network: { vpc: `\${${reference}}` } });
  expect(problems).toEqual([`nginx-ha:cluster.network.vpc: ${text} (is "\${${reference}}")`]);
});

it("says what the backend said of a stack, and what nginx-ha:stacks must be", async () => {
  const { problems } = await resolved({ network: { vpc: VPC } }, { network: "gone" });
  expect(problems).toEqual([
    `nginx-ha:cluster.network.vpc: cannot be read from the stack gone: unknown stack "gone" (is "${VPC}")`,
  ]);
  expect((await resolved({}, ["a"])).problems).toEqual([
    "nginx-ha:stacks: must be names with the stack that each stands for",
  ]);
});
