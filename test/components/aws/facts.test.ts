import * as pulumi from "@pulumi/pulumi";
import { beforeEach, describe, expect, it } from "vitest";
import { look } from "../../../components/aws/facts";
import { exampleAws } from "../../example";
import { answers } from "./answers";

type Answers = Record<string, (inputs: Record<string, unknown>) => object>;

/** What the account says to a stack with an Elastic IP that it was given, when some answers are others. */
async function facts(instead: Answers, config: Record<string, string> = { "aws:region": "eu-west-1" }) {
  await pulumi.runtime.setMocks(
    {
      newResource: ({ name, inputs }) => ({ id: name, state: inputs }),
      call: ({ token, inputs }) => instead[token]?.(inputs) ?? answers(token, inputs),
    },
    "nginx-ha",
    "test",
  );
  pulumi.runtime.setAllConfig(config);
  const cluster = exampleAws((input) => {
    input.vip = { mode: "elasticIp", allocation: "eipalloc-0123456789abcdef0" };
  });
  return look(cluster, {});
}

const address = (stack: string | undefined, networkInterfaceId = ""): Answers => ({
  "aws:ec2/getElasticIp:getElasticIp": () => ({
    networkInterfaceId,
    tags: stack === undefined ? {} : { "nginx-ha:stack": stack },
  }),
  "aws:ec2/getNetworkInterface:getNetworkInterface": ({ id }) => ({
    tags: id === "eni-none" ? {} : { "nginx-ha:stack": `nginx-ha/${id}` },
  }),
});

beforeEach(() => pulumi.runtime.setAllConfig({}));

describe("an Elastic IP that the stack was given", () => {
  it.each<[string, Answers]>([
    ["nobody has", address(undefined)],
    ["leads to a machine of somebody else's", address(undefined, "eni-none")],
    ["this stack has", address("nginx-ha/test", "test")],
    ["leads to this stack's node", address(undefined, "test")],
  ])("that %s is taken", async (_title, instead) => {
    expect(await facts(instead)).toMatchObject({ region: "eu-west-1" });
  });

  it.each<[string, Answers]>([
    ["leads to another stack's node", address(undefined, "prod")],
    ["another stack made, and that leads nowhere now", address("nginx-ha/prod")],
    ["another stack made, and that leads to this stack's node", address("nginx-ha/prod", "test")],
  ])("that %s is refused", async (_title, instead) => {
    await expect(facts(instead)).rejects.toThrow(
      "nginx-ha:cluster.vip.allocation: is the VIP of the stack nginx-ha/prod;",
    );
  });
});

describe("the Region", () => {
  const used = (region: string): Answers => ({
    ...address(undefined),
    "aws:index/getRegion:getRegion": () => ({ region }),
  });
  const fails = (message: string): Answers => ({
    "aws:index/getRegion:getRegion": () => {
      // As gRPC gives what a provider says.
      throw Object.assign(new Error(message), { details: message });
    },
  });

  it("is the one that the provider uses, whatever the stack says", async () => {
    expect(await facts(used("us-east-1"), { "aws:region": "eu-wset-1" })).toMatchObject({
      region: "us-east-1",
    });
    await expect(facts(used("eu-wset-1"))).rejects.toThrow(/aws:region: must be a Region.*"eu-wset-1"/);
  });

  it("is named when the provider cannot begin because of it", async () => {
    const wrong = { "aws:region": "eu-wset-1" };
    await expect(facts(fails("invalid AWS Region"), wrong)).rejects.toThrow(/must be a Region.*"eu-wset-1"/);
    await expect(facts(fails("no valid credential sources"))).rejects.toThrow(
      /aws: has no credentials that work.*no valid credential sources/,
    );
  });
});
