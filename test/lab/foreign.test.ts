import { join } from "node:path";
import { expect, it } from "vitest";
import { foreign } from "../../lab/aws/foreign";

const clone = join(__dirname, "../..");
const why = (cluster: object, stacks = {}) => foreign({ platform: "aws", ...cluster }, stacks, clone);

it("takes a stack that refers to what the examples make", () => {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a reference as a stack's file has it
  const network = { vpc: "${network.vpcId}" };
  expect(why({ network }, { network: "organization/network/prod" })).toBeUndefined();
  expect(why({})).toBeUndefined();
  expect(foreign({ platform: 1 }, {}, clone)).toBeUndefined();
});

it.each<[object, Record<string, string>, string]>([
  [{ platform: "hosts" }, {}, "it is on platform hosts"],
  [{ network: { zones: ["eu-west-1a", "eu-west-1b"] } }, {}, "network.zones names eu-west-1a and eu-west-1b"],
  [{ ssh: { proxy: { host: "b.example.org" } } }, {}, "ssh.proxy is a bastion that the lab does not have"],
  [
    { nodes: [{ name: "a" }, { subnet: "subnet-0123456789abcdef0" }] },
    {},
    "nodes[1].subnet names subnet-0123456789abcdef0",
  ],
  [
    { vip: { allocation: "eipalloc-0123456789abcdef0" } },
    {},
    "vip.allocation names eipalloc-0123456789abcdef0",
  ],
  [{ instances: { image: "ami-0123456789abcdef0" } }, {}, "instances.image names ami-0123456789abcdef0"],
  [{}, { dns: "organization/zones/prod" }, "the stack organization/zones/prod has no program in examples/"],
  [{}, { network: "acme/network/prod" }, "the stack acme/network/prod has no program in examples/"],
])("refuses %j with the stacks %j", (cluster, stacks, expected) => {
  expect(why(cluster, stacks)).toBe(expected);
});
