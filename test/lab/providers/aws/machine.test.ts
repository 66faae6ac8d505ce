import { describe, expect, it } from "vitest";
import { Secret, secret } from "../../../../lab/providers/wire";
import { IMAGE, TRUST } from "../../ec2/model/pair";
import {
  EIP,
  INSTANCE,
  INTERFACE,
  make,
  provider,
  region,
  SUBNET,
  startProvider,
  urn,
  VPC,
} from "./provided";

startProvider();

describe("the stand-in for aws", () => {
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
