import {
  changeEach,
  type Kind,
  type On,
  refuseUpdate,
  removeWhenFree,
  retag,
  specification,
  tagsOf,
  unlessGone,
} from "../kind";
import type { Properties } from "../plain";

const arn = (on: On, owner: string, type: string, id: string): string =>
  `arn:aws:ec2:${on.region}:${owner}:${type}/${id}`;

const attribute = (on: On, VpcId: string, Attribute: string): Promise<boolean> =>
  on.aws
    .ec2("DescribeVpcAttribute", { VpcId, Attribute })
    .then((answer) => answer[Attribute].value === "true");

export const vpc: Kind = {
  async create({ cidrBlock, enableDnsSupport, enableDnsHostnames, tags }, { aws }) {
    const made = await aws.ec2("CreateVpc", {
      CidrBlock: cidrBlock,
      TagSpecification: specification("vpc", tags),
    });
    const VpcId = made.vpc.vpcId;
    await aws.ec2("ModifyVpcAttribute", { VpcId, EnableDnsSupport: { Value: enableDnsSupport } });
    await aws.ec2("ModifyVpcAttribute", { VpcId, EnableDnsHostnames: { Value: enableDnsHostnames } });
    return VpcId;
  },
  async read(id, on) {
    const found = (await unlessGone(on.aws.ec2("DescribeVpcs", { VpcId: [id] })))?.vpcSet[0];
    if (!found) return undefined;
    const of = { Filter: [{ Name: "vpc-id", Value: [id] }] };
    const tables = (await on.aws.ec2("DescribeRouteTables", of)).routeTableSet as Properties[];
    const main = tables.find((table) => table.associationSet.some((one: Properties) => one.main === "true"));
    const groups = (await on.aws.ec2("DescribeSecurityGroups", of)).securityGroupInfo as Properties[];
    return {
      arn: arn(on, found.ownerId, "vpc", id),
      cidrBlock: found.cidrBlock,
      ownerId: found.ownerId,
      mainRouteTableId: main?.routeTableId,
      defaultRouteTableId: main?.routeTableId,
      defaultSecurityGroupId: groups.find((group) => group.groupName === "default")?.groupId,
      enableDnsSupport: await attribute(on, id, "enableDnsSupport"),
      enableDnsHostnames: await attribute(on, id, "enableDnsHostnames"),
      ...tagsOf(found.tagSet),
    };
  },
  async update(id, news, changed, on, olds) {
    const modify = (name: string, key: string) => () =>
      on.aws.ec2("ModifyVpcAttribute", { VpcId: id, [name]: { Value: news[key] } });
    await changeEach(changed, {
      enableDnsSupport: modify("EnableDnsSupport", "enableDnsSupport"),
      enableDnsHostnames: modify("EnableDnsHostnames", "enableDnsHostnames"),
      tags: () => retag(id, on, news, olds),
    });
  },
  remove: (id, _, on) => removeWhenFree(id, on, 60_000, () => on.aws.ec2("DeleteVpc", { VpcId: id })),
};

export const internetGateway: Kind = {
  async create({ vpcId, tags }, { aws }) {
    const made = await aws.ec2("CreateInternetGateway", {
      TagSpecification: specification("internet-gateway", tags),
    });
    const id = made.internetGateway.internetGatewayId;
    if (vpcId) await aws.ec2("AttachInternetGateway", { InternetGatewayId: id, VpcId: vpcId });
    return id;
  },
  async read(id, on) {
    const found = (await unlessGone(on.aws.ec2("DescribeInternetGateways", { InternetGatewayId: [id] })))
      ?.internetGatewaySet[0];
    if (!found) return undefined;
    const vpcId = found.attachmentSet[0]?.vpcId;
    return {
      arn: arn(on, found.ownerId, "internet-gateway", id),
      ownerId: found.ownerId,
      vpcId,
      ...tagsOf(found.tagSet),
    };
  },
  update: (id, news, changed, on, olds) =>
    changeEach(changed, { vpcId: () => refuseUpdate("vpcId"), tags: () => retag(id, on, news, olds) }),
  async remove(id, { vpcId }, on) {
    // Elastic IPs that are being released still hold the gateway for a moment.
    if (vpcId)
      await removeWhenFree(id, on, 60_000, () =>
        on.aws.ec2("DetachInternetGateway", { InternetGatewayId: id, VpcId: vpcId }),
      ).catch((error: Error & { code?: string }) => {
        if (error.code !== "Gateway.NotAttached") throw error;
      });
    await unlessGone(on.aws.ec2("DeleteInternetGateway", { InternetGatewayId: id }));
  },
};

export const subnet: Kind = {
  async create({ vpcId, cidrBlock, availabilityZone, mapPublicIpOnLaunch, tags }, { aws }) {
    const made = await aws.ec2("CreateSubnet", {
      VpcId: vpcId,
      CidrBlock: cidrBlock,
      AvailabilityZone: availabilityZone,
      TagSpecification: specification("subnet", tags),
    });
    const SubnetId = made.subnet.subnetId;
    if (mapPublicIpOnLaunch)
      await aws.ec2("ModifySubnetAttribute", { SubnetId, MapPublicIpOnLaunch: { Value: true } });
    return SubnetId;
  },
  async read(id, on) {
    const found = (await unlessGone(on.aws.ec2("DescribeSubnets", { SubnetId: [id] })))?.subnetSet[0];
    return (
      found && {
        arn: arn(on, found.ownerId, "subnet", id),
        vpcId: found.vpcId,
        cidrBlock: found.cidrBlock,
        availabilityZone: found.availabilityZone,
        availabilityZoneId: found.availabilityZoneId,
        mapPublicIpOnLaunch: found.mapPublicIpOnLaunch === "true",
        ownerId: found.ownerId,
        ...tagsOf(found.tagSet),
      }
    );
  },
  update: (id, news, changed, on, olds) =>
    changeEach(changed, {
      mapPublicIpOnLaunch: () =>
        on.aws.ec2("ModifySubnetAttribute", {
          SubnetId: id,
          MapPublicIpOnLaunch: { Value: news.mapPublicIpOnLaunch },
        }),
      tags: () => retag(id, on, news, olds),
    }),
  remove: (id, _, on) => removeWhenFree(id, on, 120_000, () => on.aws.ec2("DeleteSubnet", { SubnetId: id })),
};

const tableNamed = async ({ aws }: On, id: string): Promise<Properties | undefined> =>
  (await unlessGone(aws.ec2("DescribeRouteTables", { RouteTableId: [id] })))?.routeTableSet[0];

export const routeTable: Kind = {
  create: async ({ vpcId, tags }, { aws }) =>
    (
      await aws.ec2("CreateRouteTable", {
        VpcId: vpcId,
        TagSpecification: specification("route-table", tags),
      })
    ).routeTable.routeTableId,
  async read(id, on) {
    const found = await tableNamed(on, id);
    if (!found) return undefined;
    return {
      arn: arn(on, found.ownerId, "route-table", id),
      vpcId: found.vpcId,
      ownerId: found.ownerId,
      ...tagsOf(found.tagSet),
    };
  },
  update: (id, news, changed, on, olds) => changeEach(changed, { tags: () => retag(id, on, news, olds) }),
  remove: (id, _, on) =>
    removeWhenFree(id, on, 60_000, () => on.aws.ec2("DeleteRouteTable", { RouteTableId: id })),
};

/** The original's id: `r-` and table and destination, hashed; readable here. */
const routeId = ({ routeTableId, destinationCidrBlock }: Properties): string =>
  `r-${routeTableId}_${destinationCidrBlock}`;

const routeCall = ({ routeTableId, destinationCidrBlock, gatewayId, networkInterfaceId }: Properties) => ({
  RouteTableId: routeTableId,
  DestinationCidrBlock: destinationCidrBlock,
  GatewayId: gatewayId,
  NetworkInterfaceId: networkInterfaceId,
});

export const route: Kind = {
  async create(inputs, { aws }) {
    await aws.ec2("CreateRoute", routeCall(inputs));
    return routeId(inputs);
  },
  async read(id, on) {
    const [, routeTableId = "", destinationCidrBlock = ""] = /^r-(rtb-[^_]+)_(.+)$/.exec(id) ?? [];
    const table = await tableNamed(on, routeTableId);
    const found = table?.routeSet.find(
      (one: Properties) => one.destinationCidrBlock === destinationCidrBlock,
    );
    if (!found) return undefined;
    const { gatewayId, networkInterfaceId, instanceId, state, origin } = found;
    return { routeTableId, destinationCidrBlock, gatewayId, networkInterfaceId, instanceId, state, origin };
  },
  async update(_id, news, changed, { aws }) {
    const replace = () => aws.ec2("ReplaceRoute", routeCall(news));
    await changeEach(changed, { gatewayId: replace, networkInterfaceId: replace });
  },
  async remove(_id, { routeTableId, destinationCidrBlock }, { aws }) {
    await unlessGone(
      aws.ec2("DeleteRoute", { RouteTableId: routeTableId, DestinationCidrBlock: destinationCidrBlock }),
    );
  },
};

export const routeTableAssociation: Kind = {
  create: async ({ subnetId, routeTableId }, { aws }) =>
    (await aws.ec2("AssociateRouteTable", { SubnetId: subnetId, RouteTableId: routeTableId })).associationId,
  async read(id, { aws }) {
    const filter = [{ Name: "association.route-table-association-id", Value: [id] }];
    const [table] = (await aws.ec2("DescribeRouteTables", { Filter: filter })).routeTableSet;
    const found = table?.associationSet.find((one: Properties) => one.routeTableAssociationId === id);
    return found && { subnetId: found.subnetId, routeTableId: found.routeTableId };
  },
  update: async () => refuseUpdate("routeTableId"),
  async remove(id, _, { aws }) {
    await unlessGone(aws.ec2("DisassociateRouteTable", { AssociationId: id }));
  },
};
