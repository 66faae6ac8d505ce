import type { On } from "./kind";
import { tagsOf } from "./kind";
import type { Properties } from "./plain";

type Function = (args: Properties, on: On) => Promise<Properties>;

const filtersOf = (filters: Properties[] = []) =>
  filters.map(({ name, values }) => ({ Name: name, Value: values }));

/** Every function, by its token; what it finds nothing of is an error, as in the original. */
export const functions: Record<string, Function | undefined> = {
  async "aws:index/getAvailabilityZones:getAvailabilityZones"({ state, filters }, { aws, region }) {
    const Filter = [...(state ? [{ Name: "state", Value: [state] }] : []), ...filtersOf(filters)];
    const zones = (await aws.ec2("DescribeAvailabilityZones", { Filter }))
      .availabilityZoneInfo as Properties[];
    const [names, zoneIds] = [zones.map((zone) => zone.zoneName), zones.map((zone) => zone.zoneId)];
    return { id: region, region, state, names, zoneIds, groupNames: [region] };
  },
  async "aws:index/getCallerIdentity:getCallerIdentity"(_, { aws }) {
    const { Account, Arn, UserId } = await aws.sts("GetCallerIdentity");
    return { id: Account, accountId: Account, arn: Arn, userId: UserId };
  },
  "aws:index/getPartition:getPartition": async () => {
    return { id: "aws", partition: "aws", dnsSuffix: "amazonaws.com", reverseDnsPrefix: "com.amazonaws" };
  },
  "aws:index/getRegion:getRegion": async (_, { region }) => {
    return {
      id: region,
      region,
      name: region,
      description: "The lab's Region",
      endpoint: `ec2.${region}.amazonaws.com`,
    };
  },
  async "aws:ssm/getParameter:getParameter"({ name }, { aws }) {
    const { Parameter } = await aws.ssm("GetParameter", { Name: name, WithDecryption: true });
    const { ARN: arn, Type: type, Value: value, Version: version } = Parameter;
    return { id: name, name, arn, type, value, version, insecureValue: value };
  },
  async "aws:ec2/getVpc:getVpc"({ id }, { aws }) {
    const [vpc] = (await aws.ec2("DescribeVpcs", { VpcId: [id] })).vpcSet;
    const Filter = [
      { Name: "vpc-id", Value: [id] },
      { Name: "association.main", Value: ["true"] },
    ];
    const [main] = (await aws.ec2("DescribeRouteTables", { Filter })).routeTableSet;
    return {
      id,
      cidrBlock: vpc.cidrBlock,
      mainRouteTableId: main.routeTableId,
      ownerId: vpc.ownerId,
      tags: tagsOf(vpc.tagSet).tags,
    };
  },
  async "aws:ec2/getSubnet:getSubnet"({ id }, { aws }) {
    const [{ vpcId, cidrBlock, availabilityZone, availabilityZoneId, tagSet }] = (
      await aws.ec2("DescribeSubnets", { SubnetId: [id] })
    ).subnetSet;
    return { id, vpcId, cidrBlock, availabilityZone, availabilityZoneId, tags: tagsOf(tagSet).tags };
  },
  async "aws:ec2/getRouteTables:getRouteTables"({ vpcId, filters }, { aws, region }) {
    const Filter = [...(vpcId ? [{ Name: "vpc-id", Value: [vpcId] }] : []), ...filtersOf(filters)];
    const tables = (await aws.ec2("DescribeRouteTables", { Filter })).routeTableSet as Properties[];
    return { id: region, vpcId, ids: tables.map((table) => table.routeTableId) };
  },
  async "aws:ec2/getRouteTable:getRouteTable"({ routeTableId }, { aws }) {
    const [table] = (await aws.ec2("DescribeRouteTables", { RouteTableId: [routeTableId] })).routeTableSet;
    const own = (table.routeSet as Properties[]).filter((one) => one.gatewayId !== "local");
    const none = { transitGatewayId: "", vpcPeeringConnectionId: "" };
    return {
      id: routeTableId,
      routeTableId,
      vpcId: table.vpcId,
      ownerId: table.ownerId,
      routes: own.map(({ destinationCidrBlock: cidrBlock, ...target }) => {
        const { gatewayId = "", natGatewayId = "", networkInterfaceId = "", instanceId = "" } = target;
        return { ...none, cidrBlock, gatewayId, natGatewayId, networkInterfaceId, instanceId };
      }),
      associations: (table.associationSet as Properties[]).map((one) => {
        const { routeTableAssociationId, subnetId = "", main } = one;
        return { routeTableAssociationId, routeTableId, subnetId, main: main === "true", gatewayId: "" };
      }),
      tags: tagsOf(table.tagSet).tags,
    };
  },
  async "aws:ec2/getInstanceType:getInstanceType"({ instanceType }, { aws }) {
    const [type] = (await aws.ec2("DescribeInstanceTypes", { InstanceType: [instanceType] })).instanceTypeSet;
    return {
      id: instanceType,
      instanceType,
      supportedArchitectures: type.processorInfo.supportedArchitectures,
      maximumIpv4AddressesPerInterface: Number(type.networkInfo.ipv4AddressesPerInterface),
      maximumNetworkInterfaces: Number(type.networkInfo.maximumNetworkInterfaces),
      defaultVcpus: Number(type.vCpuInfo.defaultVCpus),
      memorySize: Number(type.memoryInfo.sizeInMiB),
    };
  },
  async "aws:ec2/getElasticIp:getElasticIp"({ id }, { aws }) {
    const [address] = (await aws.ec2("DescribeAddresses", { AllocationId: [id] })).addressesSet;
    const { publicIp, domain, associationId, networkInterfaceId, privateIpAddress: privateIp } = address;
    const to = { associationId, networkInterfaceId, privateIp };
    return { id, publicIp, domain, ...to, tags: tagsOf(address.tagSet).tags };
  },
  async "aws:ec2/getNetworkInterface:getNetworkInterface"({ id }, { aws }) {
    const call = await aws.ec2("DescribeNetworkInterfaces", { NetworkInterfaceId: [id] });
    const [found] = call.networkInterfaceSet;
    const { subnetId, vpcId, availabilityZone, privateIpAddress: privateIp } = found;
    return { id, subnetId, vpcId, availabilityZone, privateIp, tags: tagsOf(found.tagSet).tags };
  },
};
