import { describe, expect, it } from "vitest";
import { isUnknown } from "../../../../lab/providers/values";
import { unknown, type Values } from "../../../../lab/providers/wire";
import { context, EIP, INSTANCE, provider, region, SUBNET, startProvider, urn, VPC } from "./provided";

startProvider();

describe("the stand-in for aws", () => {
  it("serves the lab's Regions only", () => {
    const failures = (name: string) => provider.checkConfig?.({ region: name }).failures;
    expect(failures("lab-1")).toEqual([]);
    expect(failures("eu-west-1")).toEqual([
      {
        property: "region",
        reason:
          "the lab's stand-in for the aws provider serves only Regions called lab-…, and this is eu-west-1",
      },
    ]);
  });

  it("refuses types, properties and functions that docs/fidelity.md does not have", async () => {
    expect(() => provider.check(urn("aws:s3/bucket:Bucket"), {}, {})).toThrow(
      "aws:s3/bucket:Bucket is not in docs/fidelity.md",
    );
    const paths = (type: string, inputs: Values) =>
      provider.check(urn(type), inputs, {}).failures.map(({ property }) => property);
    expect(paths(VPC, { cidrBlock: "10.0.0.0/16", instanceTenancy: "dedicated" })).toEqual([
      "instanceTenancy",
    ]);
    expect(
      paths(INSTANCE, { metadataOptions: { httpTokens: "required", httpProtocolIpv6: "enabled" } }),
    ).toEqual(["metadataOptions.httpProtocolIpv6"]);
    expect(paths(EIP, { networkInterface: "eni-1" })).toEqual(["networkInterface"]);
    await expect(provider.invoke?.("aws:s3/getBucket:getBucket", {})).rejects.toThrow(
      "is not in docs/fidelity.md",
    );
    await expect(provider.invoke?.("aws:ec2/getVpc:getVpc", { default: true })).rejects.toThrow(
      "getVpc: default is not",
    );
  });

  it("previews what it would make: inputs as they are, the rest unknown", async () => {
    const { outputs } = await provider.create({ cidrBlock: "10.0.0.0/16" }, context(VPC, true));
    expect(outputs.cidrBlock).toBe("10.0.0.0/16");
    expect(isUnknown(outputs.arn)).toBe(true);
    expect(Object.keys(region.runner.state().vpcs)).toEqual([]);
  });

  it("decides by the table: replace, in place, unknown as a change, equal JSON as none", async () => {
    const table = provider.diff(
      urn(VPC),
      {},
      { cidrBlock: "b", tags: { a: "1" } },
      { cidrBlock: "a", tags: {} },
    );
    expect(table).toEqual({
      cidrBlock: { kind: "update", replace: true },
      tags: { kind: "update", replace: false },
    });
    const userData = (flag: boolean) =>
      provider.diff(
        urn(INSTANCE),
        {},
        { userData: "b", userDataReplaceOnChange: flag },
        { userData: "a", userDataReplaceOnChange: flag },
      );
    expect(userData(false).userData?.replace).toBe(false);
    expect(userData(true).userData?.replace).toBe(true);
    expect(provider.diff(urn(SUBNET), {}, { vpcId: unknown }, { vpcId: "vpc-1" })).toEqual({
      vpcId: { kind: "update", replace: true },
    });
    const policy = (text: string): Values => ({ policy: text });
    const type = urn("aws:iam/rolePolicy:RolePolicy");
    expect(provider.diff(type, {}, policy('{"b":1,"a":[2]}'), policy('{ "a": [2], "b": 1 }'))).toEqual({});
  });

  it("names what has no name, once", () => {
    const type = "aws:ec2/keyPair:KeyPair";
    const { inputs } = provider.check(urn(type, "edge-login"), { publicKey: "k" }, {});
    expect(inputs.keyName).toMatch(/^edge-login-[0-9a-f]{7}$/);
    expect(provider.check(urn(type, "edge-login"), { publicKey: "k" }, inputs).inputs.keyName).toBe(
      inputs.keyName,
    );
  });
});
