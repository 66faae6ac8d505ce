import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { certificateFor } from "../../../../lab/ec2/api/certificate";
import { type ApiServer, serveApi } from "../../../../lab/ec2/api/server";
import { awsClient } from "../../../../lab/ec2/client";
import { awsProvider } from "../../../../lab/providers/aws/provider";
import type { Context, Provider } from "../../../../lab/providers/provider";
import { isUnknown } from "../../../../lab/providers/values";
import { Secret, secret, unknown, type Values } from "../../../../lab/providers/wire";
import { endpoint, OPERATOR } from "../../ec2/api/endpoint";
import { emptyRegion, IMAGE, TRUST } from "../../ec2/model/pair";

const region = endpoint(emptyRegion());
let directory: string;
let server: ApiServer;
let provider: Provider;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "nginx-ha-"));
  const certificate = await certificateFor(directory, ["127.0.0.1"]);
  server = await serveApi(region, { host: "127.0.0.1", certificate });
  await writeFile(join(directory, "bundle.pem"), certificate.authority);
  provider = awsProvider({
    AWS_ENDPOINT_URL: server.url,
    AWS_CA_BUNDLE: join(directory, "bundle.pem"),
    AWS_ACCESS_KEY_ID: OPERATOR.key,
    AWS_SECRET_ACCESS_KEY: OPERATOR.secret,
  });
  await provider.configure?.({ region: "lab-west-1" });
});
afterAll(async () => {
  await server?.close();
  await rm(directory, { recursive: true, force: true });
});

const urn = (type: string, name = "it"): string => `urn:pulumi:test::nginx-ha::${type}::${name}`;
const context = (type: string, preview = false): Context => {
  const quiet = async () => {};
  const log = { status: quiet, warning: quiet, error: quiet };
  return { urn: urn(type), preview, signal: AbortSignal.timeout(30_000), log };
};

/** One resource on its way, as the engine leads it. */
async function make(type: string, given: Values, name = "it") {
  const { inputs, failures } = provider.check(urn(type, name), given, {});
  expect(failures).toEqual([]);
  const { id, outputs } = await provider.create(inputs, context(type));
  return {
    id,
    inputs,
    outputs,
    change: async (news: Values) => {
      const all = { ...inputs, ...news };
      return provider.update(id, outputs, all, context(type));
    },
    diff: (news: Values) => provider.diff(urn(type), outputs, { ...inputs, ...news }, inputs),
    read: () => provider.read?.(id, outputs, inputs, context(type)),
    remove: () => provider.delete(id, outputs, context(type)),
  };
}

const VPC = "aws:ec2/vpc:Vpc";
const SUBNET = "aws:ec2/subnet:Subnet";
const INTERFACE = "aws:ec2/networkInterface:NetworkInterface";
const INSTANCE = "aws:ec2/instance:Instance";
const RECORD = "aws:route53/record:Record";
const EIP = "aws:ec2/eip:Eip";

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

  it("makes a machine on an interface that stays, moves an Elastic IP beside it, and shows that in a refresh", async () => {
    const vpc = await make(VPC, { cidrBlock: "10.1.0.0/16", enableDnsHostnames: true });
    expect(vpc.outputs).toMatchObject({ enableDnsHostnames: true, enableDnsSupport: true });
    const subnet = await make(SUBNET, {
      vpcId: vpc.id,
      cidrBlock: "10.1.1.0/24",
      availabilityZone: "lab-west-1a",
    });
    const gateway = await make("aws:ec2/internetGateway:InternetGateway", { vpcId: vpc.id });
    const group = await make("aws:ec2/securityGroup:SecurityGroup", { vpcId: vpc.id });
    expect(region.runner.state().securityGroups[group.id]?.rules).toEqual([]);
    const rule = await make("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", {
      securityGroupId: group.id,
      ipProtocol: "112",
      referencedSecurityGroupId: group.id,
    });
    expect(region.runner.state().securityGroups[group.id]?.rules).toMatchObject([
      { egress: false, protocol: "112" },
    ]);

    const card = await make(INTERFACE, {
      subnetId: subnet.id,
      securityGroups: [group.id],
      privateIpsCount: 1,
    });
    const [primary, second] = card.outputs.privateIps as string[];
    expect(card.outputs.privateIp).toBe(primary);
    const role = await make("aws:iam/role:Role", { assumeRolePolicy: TRUST });
    const profile = await make("aws:iam/instanceProfile:InstanceProfile", { role: role.id });
    const instance = await make(INSTANCE, {
      ami: IMAGE,
      instanceType: "t3.small",
      primaryNetworkInterface: { networkInterfaceId: card.id },
      iamInstanceProfile: profile.id,
      userData: secret("#cloud-config\n"),
      metadataOptions: { httpTokens: "required", httpPutResponseHopLimit: 1 },
      rootBlockDevice: { encrypted: true },
    });
    expect(instance.outputs).toMatchObject({
      instanceState: "running",
      privateIp: primary,
      secondaryPrivateIps: [second],
    });
    expect(instance.outputs.userData).toBeInstanceOf(Secret);
    expect(instance.diff({})).toEqual({});

    const vip = await make(EIP, { domain: "vpc" });
    const operator = region.keys[0]?.caller;
    if (!operator) throw new Error("no operator");
    const parameters = { AllocationId: vip.id, NetworkInterfaceId: card.id, PrivateIpAddress: second ?? "" };
    region.runner.perform({ action: "AssociateAddress", parameters, now: Date.now() }, operator);
    const moved = await vip.read();
    expect(moved?.state).toMatchObject({ networkInterface: card.id, privateIp: second });
    expect(moved?.inputs).toEqual(vip.inputs);

    const assigned = { NetworkInterfaceId: card.id, PrivateIpAddress: { 1: "10.1.1.99" } };
    region.runner.perform(
      { action: "AssignPrivateIpAddresses", parameters: assigned, now: Date.now() },
      operator,
    );
    const found = await card.read();
    expect(found?.state.privateIps).toContain("10.1.1.99");
    expect(found?.inputs.privateIpsCount).toBe(2);
    expect(Object.keys(provider.diff(urn(INTERFACE), {}, card.inputs, found?.inputs ?? {}))).toEqual([
      "privateIpsCount",
    ]);

    await expect(
      make(INSTANCE, {
        ami: IMAGE,
        instanceType: "t3.small",
        primaryNetworkInterface: { networkInterfaceId: card.id },
      }),
    ).rejects.toThrow("InvalidNetworkInterface.InUse");
    const launched = region.runner.state().instances[instance.id]?.launchTime;
    const larger = await instance.change({ instanceType: "t3.medium" });
    expect(larger).toMatchObject({ instanceType: "t3.medium", instanceState: "running" });
    expect(region.runner.state().instances[instance.id]?.launchTime).toBe(launched);

    await expect(vip.remove()).rejects.toThrow("InvalidIPAddress.InUse");
    for (const one of [instance, profile, role, card, vip, rule, group, gateway, subnet, vpc])
      await one.remove();
    for (const one of [instance, vip, card, vpc]) {
      expect(await one.read()).toBeUndefined();
      await one.remove();
    }
    const { vpcs, interfaces, addresses, roles } = region.runner.state();
    expect([vpcs, interfaces, addresses, roles].flatMap((all) => Object.keys(all))).toEqual([]);
  });

  it("keeps a record of Route 53", async () => {
    const aws = awsClient({
      endpoint: server.url,
      authority: await readFile(join(directory, "bundle.pem"), "utf8"),
      region: "lab-west-1",
      accessKeyId: OPERATOR.key,
      secretAccessKey: OPERATOR.secret,
    });
    const zoneId = await aws.route53.createZone("example.org");
    aws.close();
    const inputs = { zoneId, name: "www.example.org", type: "A", ttl: 60, records: ["192.0.2.1"] };
    const one = await make(RECORD, inputs);
    expect(one.id).toBe(`${zoneId}_www.example.org_A`);
    expect(one.outputs).toMatchObject({ ...inputs, fqdn: "www.example.org" });
    await expect(make(RECORD, { ...inputs, records: ["192.0.2.2"] })).rejects.toThrow("InvalidChangeBatch");
    expect(one.diff({ ttl: 30 })).toEqual({ ttl: { kind: "update", replace: false } });
    expect(one.diff({ name: "x.example.org" }).name?.replace).toBe(true);
    expect(await one.change({ ttl: 30, records: ["192.0.2.3"] })).toMatchObject({ ttl: 30 });
    expect((await one.read())?.state).toMatchObject({ ttl: 30, records: ["192.0.2.3"] });
    const { id } = one;
    await provider.delete(id, { ...inputs, ttl: 30, records: ["192.0.2.3"] }, context(RECORD));
    expect(await one.read()).toBeUndefined();
  });

  it("says what is wrong with a machine that cannot be", async () => {
    const both = {
      ami: IMAGE,
      instanceType: "t3.small",
      subnetId: "subnet-1",
      primaryNetworkInterface: { networkInterfaceId: "eni-1" },
    };
    await expect(make(INSTANCE, both)).rejects.toThrow("subnetId conflicts with primaryNetworkInterface");
  });
});
