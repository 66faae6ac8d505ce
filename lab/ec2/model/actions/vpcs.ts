import { type Action, description, mutation, query } from "../action";
import { canonical, range } from "../cidr";
import { refuse } from "../error";
import { newId } from "../ids";
import { vpcOf } from "../lookup";
import { fields, flag, required, text } from "../parameters";
import { done, tagSet } from "../show";
import type { Region, Vpc } from "../state";
import { tagSpecifications, tagsFor } from "../tags";
import { newRouteTable } from "./route-tables";
import { newSecurityGroup } from "./security-groups";

/** A CIDR block as EC2 takes it for a VPC or a subnet: /16 to /28, host bits cleared. */
export function blockFor(text: string, what: "Vpc" | "Subnet"): string {
  const block = canonical(text);
  const prefix = range(text)?.prefix ?? 0;
  if (!block)
    return refuse(
      "InvalidParameterValue",
      `Value (${text}) for parameter cidrBlock is invalid. This is not a valid CIDR block.`,
    );
  if (prefix < 16 || prefix > 28) refuse(`Invalid${what}.Range`, `The CIDR '${text}' is invalid.`);
  return block;
}

/** A VPC comes with a main route table and a default security group. */
const create = mutation({
  parameters: {
    CidrBlock: required(text()),
    InstanceTenancy: text(["default"]),
    TagSpecification: tagSpecifications,
  },
  resources: () => [{ type: "vpc", id: "*" }],
  run(region, { CidrBlock, TagSpecification }) {
    const cidr = blockFor(CidrBlock, "Vpc");
    // EC2's quota is five; the lab has one network, in which two VPCs would meet.
    if (Object.keys(region.vpcs).length > 0) refuse("VpcLimitExceeded", "This Region has room for one VPC.");
    const id = newId(region, "vpc");
    region.vpcs[id] = {
      id,
      cidr,
      dnsSupport: true,
      dnsHostnames: false,
      tags: tagsFor(TagSpecification, "vpc"),
    };
    newRouteTable(region, id, {}).associations.push({ id: newId(region, "rtbassoc") });
    newSecurityGroup(region, { vpcId: id, name: "default", description: "default VPC security group" });
    return { vpc: show(region, vpcOf(region, id)) };
  },
});

const remove = mutation({
  parameters: { VpcId: required(text()) },
  run(region, { VpcId }) {
    const vpc = vpcOf(region, VpcId);
    const own = <T extends { vpcId?: string }>(all: Record<string, T>) =>
      Object.values(all).filter(({ vpcId }) => vpcId === vpc.id);
    const tables = own(region.routeTables);
    const groups = own(region.securityGroups);
    const rest = [
      ...own(region.subnets),
      ...own(region.internetGateways),
      ...tables.filter(({ associations }) => !associations.some(({ subnetId }) => !subnetId)),
      ...groups.filter(({ name }) => name !== "default"),
    ];
    if (rest.length > 0)
      refuse("DependencyViolation", `The vpc '${vpc.id}' has dependencies and cannot be deleted.`);
    for (const { id } of tables) delete region.routeTables[id];
    for (const { id } of groups) delete region.securityGroups[id];
    delete region.vpcs[vpc.id];
    return done;
  },
});

const modify = mutation({
  dryRun: false,
  parameters: {
    VpcId: required(text()),
    EnableDnsHostnames: fields({ Value: required(flag()) }),
    EnableDnsSupport: fields({ Value: required(flag()) }),
  },
  run(region, { VpcId, EnableDnsHostnames, EnableDnsSupport }) {
    const vpc = vpcOf(region, VpcId);
    if (EnableDnsHostnames && EnableDnsSupport) {
      refuse("InvalidParameterCombination", "Fields for multiple attribute types specified");
    }
    if (EnableDnsHostnames) vpc.dnsHostnames = EnableDnsHostnames.Value;
    if (EnableDnsSupport) vpc.dnsSupport = EnableDnsSupport.Value;
    return done;
  },
});

const attribute = query({
  parameters: {
    VpcId: required(text()),
    Attribute: required(text(["enableDnsSupport", "enableDnsHostnames", "enableNetworkAddressUsageMetrics"])),
  },
  run(region, { VpcId, Attribute }) {
    const { dnsSupport, dnsHostnames } = vpcOf(region, VpcId);
    const values = {
      enableDnsSupport: dnsSupport,
      enableDnsHostnames: dnsHostnames,
      enableNetworkAddressUsageMetrics: false,
    };
    return { vpcId: VpcId, [Attribute]: { value: values[Attribute] } };
  },
});

function show(region: Region, vpc: Vpc) {
  return {
    vpcId: vpc.id,
    ownerId: region.account,
    state: "available",
    cidrBlock: vpc.cidr,
    cidrBlockAssociationSet: [
      {
        associationId: vpc.id.replace("vpc-", "vpc-cidr-assoc-"),
        cidrBlock: vpc.cidr,
        cidrBlockState: { state: "associated" },
      },
    ],
    dhcpOptionsId: "default",
    instanceTenancy: "default",
    isDefault: false,
    tagSet: tagSet(vpc.tags),
  };
}

const describe = description<Vpc>({
  set: "vpcSet",
  items: (region) => Object.values(region.vpcs),
  select: { VpcId: { of: ({ id }) => id, missing: "InvalidVpcID.NotFound" } },
  filters: (region) => ({
    "vpc-id": ({ id }) => id,
    cidr: (vpc) => vpc.cidr,
    "cidr-block-association.cidr-block": (vpc) => vpc.cidr,
    "is-default": () => false,
    "owner-id": () => region.account,
    state: () => "available",
  }),
  show,
});

export const vpcActions: Record<string, Action> = {
  CreateVpc: create,
  DeleteVpc: remove,
  ModifyVpcAttribute: modify,
  DescribeVpcAttribute: attribute,
  DescribeVpcs: describe,
};
