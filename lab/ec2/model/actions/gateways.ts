import { type Action, description, mutation } from "../action";
import { refuse } from "../error";
import { newId } from "../ids";
import { gatewayOf, vpcOf } from "../lookup";
import { required, text } from "../parameters";
import { done, tagSet } from "../show";
import type { InternetGateway, Region } from "../state";
import { tagSpecifications, tagsFor } from "../tags";

const create = mutation({
  parameters: { TagSpecification: tagSpecifications },
  resources: () => [{ type: "internet-gateway", id: "*" }],
  run(region, { TagSpecification }) {
    const id = newId(region, "igw");
    region.internetGateways[id] = { id, tags: tagsFor(TagSpecification, "internet-gateway") };
    return { internetGateway: show(region, gatewayOf(region, id)) };
  },
});

const pair = { InternetGatewayId: required(text()), VpcId: required(text()) };

const attach = mutation({
  parameters: pair,
  run(region, { InternetGatewayId, VpcId }) {
    const gateway = gatewayOf(region, InternetGatewayId);
    const vpc = vpcOf(region, VpcId);
    if (gateway.vpcId)
      refuse(
        "Resource.AlreadyAssociated",
        `resource ${gateway.id} is already attached to network ${gateway.vpcId}`,
      );
    if (Object.values(region.internetGateways).some(({ vpcId }) => vpcId === vpc.id)) {
      refuse("InvalidParameterValue", `Network ${vpc.id} already has an internet gateway attached`);
    }
    gateway.vpcId = vpc.id;
    return done;
  },
});

const detach = mutation({
  parameters: pair,
  run(region, { InternetGatewayId, VpcId }) {
    const gateway = gatewayOf(region, InternetGatewayId);
    if (gateway.vpcId !== vpcOf(region, VpcId).id) {
      refuse("Gateway.NotAttached", `resource ${gateway.id} is not attached to network ${VpcId}`);
    }
    if (hasPublicAddresses(region, VpcId)) {
      refuse(
        "DependencyViolation",
        `Network ${VpcId} has some mapped public address(es). Please unmap those public address(es) before detaching the gateway.`,
      );
    }
    delete gateway.vpcId;
    return done;
  },
});

function hasPublicAddresses(region: Region, vpcId: string): boolean {
  const elastic = Object.values(region.addresses).map(({ association }) => association?.networkInterfaceId);
  return Object.values(region.interfaces)
    .filter(({ subnetId }) => region.subnets[subnetId]?.vpcId === vpcId)
    .some(({ id, automaticPublicIp }) => automaticPublicIp !== undefined || elastic.includes(id));
}

const remove = mutation({
  parameters: { InternetGatewayId: required(text()) },
  run(region, { InternetGatewayId }) {
    const gateway = gatewayOf(region, InternetGatewayId);
    if (gateway.vpcId) {
      refuse(
        "DependencyViolation",
        `The internetGateway '${gateway.id}' has dependencies and cannot be deleted.`,
      );
    }
    delete region.internetGateways[gateway.id];
    return done;
  },
});

function show(region: Region, { id, vpcId, tags }: InternetGateway) {
  return {
    internetGatewayId: id,
    ownerId: region.account,
    attachmentSet: vpcId ? [{ vpcId, state: "available" }] : [],
    tagSet: tagSet(tags),
  };
}

const describe = description<InternetGateway>({
  set: "internetGatewaySet",
  items: (region) => Object.values(region.internetGateways),
  select: { InternetGatewayId: { of: ({ id }) => id, missing: "InvalidInternetGatewayID.NotFound" } },
  filters: (region) => ({
    "internet-gateway-id": ({ id }) => id,
    "attachment.vpc-id": ({ vpcId }) => vpcId,
    "attachment.state": ({ vpcId }) => vpcId && "available",
    "owner-id": () => region.account,
  }),
  show,
});

export const gatewayActions: Record<string, Action> = {
  CreateInternetGateway: create,
  AttachInternetGateway: attach,
  DetachInternetGateway: detach,
  DeleteInternetGateway: remove,
  DescribeInternetGateways: describe,
};
