import { type Action, mutation } from "../action";
import { canonical, contains } from "../cidr";
import { Ec2Error, refuse } from "../error";
import { gatewayOf, interfaceOf, natGatewayOf, onlyInterfaceOf, routeTableOf } from "../lookup";
import { required, text } from "../parameters";
import { done } from "../show";
import type { Region, Route, RouteTable } from "../state";

const destination = { RouteTableId: required(text()), DestinationCidrBlock: required(text()) };
const target = { GatewayId: text(), InstanceId: text(), NatGatewayId: text(), NetworkInterfaceId: text() };

interface TargetValues {
  GatewayId?: string;
  InstanceId?: string;
  NatGatewayId?: string;
  NetworkInterfaceId?: string;
}

/** IAM knows only the route table here: who may write one route may write them all (Service Authorization Reference). */
const onTable = (_: Region, { RouteTableId }: { RouteTableId: string }) => [
  { type: "route-table", id: RouteTableId },
];

const create = mutation({
  parameters: { ...destination, ...target },
  resources: onTable,
  run(region, values) {
    const table = routeTableOf(region, values.RouteTableId);
    const block = blockOf(values.DestinationCidrBlock);
    if (find(table, block)) refuse("RouteAlreadyExists", `The route identified by ${block} already exists.`);
    const route = { destination: block, target: targetOf(region, table, values) };
    checkInside(region, table, route);
    table.routes.push(route);
    return done;
  },
});

const replace = mutation({
  parameters: { ...destination, ...target },
  resources: onTable,
  run(region, values) {
    const table = routeTableOf(region, values.RouteTableId);
    const block = blockOf(values.DestinationCidrBlock);
    const route = find(table, block);
    if (!route) {
      const advice = `There is no route defined for '${block}' in the route table. Use CreateRoute instead.`;
      return refuse("InvalidParameterValue", advice);
    }
    if (route.target.kind === "local") {
      refuse("InvalidParameterValue", `cannot replace local route ${block} in route table ${table.id}`);
    }
    route.target = targetOf(region, table, values);
    checkInside(region, table, route);
    return done;
  },
});

const remove = mutation({
  parameters: destination,
  resources: onTable,
  run(region, values) {
    const table = routeTableOf(region, values.RouteTableId);
    const block = blockOf(values.DestinationCidrBlock);
    const route = find(table, block);
    if (!route) {
      const reason = `no route with destination-cidr-block ${block} in route table ${table.id}`;
      return refuse("InvalidRoute.NotFound", reason);
    }
    if (route.target.kind === "local") {
      refuse("InvalidParameterValue", `cannot remove local route ${block} in route table ${table.id}`);
    }
    table.routes = table.routes.filter((other) => other !== route);
    return done;
  },
});

function find(table: RouteTable, block: string): Route | undefined {
  return table.routes.find((route) => route.destination === block);
}

function blockOf(text: string): string {
  const block = canonical(text);
  return (
    block ??
    refuse(
      "InvalidParameterValue",
      `Value (${text}) for parameter destinationCidrBlock is invalid. This is not a valid CIDR block.`,
    )
  );
}

function targetOf(region: Region, table: RouteTable, values: TargetValues): Route["target"] {
  const { GatewayId, InstanceId, NatGatewayId, NetworkInterfaceId } = values;
  const given = [GatewayId, InstanceId, NatGatewayId, NetworkInterfaceId].filter(Boolean);
  if (given.length === 0)
    return refuse(
      "MissingParameter",
      "A route needs a target: a gateway, an instance or a network interface.",
    );
  if (given.length > 1) return refuse("InvalidParameterCombination", "A route has exactly one target.");
  const differ = (what: string) =>
    refuse("InvalidParameterValue", `route table ${table.id} and ${what} belong to different networks`);
  if (values.GatewayId) {
    const gateway = gatewayOf(region, values.GatewayId);
    if (gateway.vpcId !== table.vpcId) differ(`network gateway ${gateway.id}`);
    return { kind: "gateway", id: gateway.id };
  }
  if (values.NatGatewayId) {
    const nat = natGatewayOf(region, values.NatGatewayId);
    if (region.subnets[nat.subnetId]?.vpcId !== table.vpcId) differ(`NAT gateway ${nat.id}`);
    return { kind: "natGateway", id: nat.id };
  }
  const several = () =>
    new Ec2Error(
      "InvalidInstanceID",
      `There are multiple interfaces attached to instance '${values.InstanceId}'. Please specify an interface ID for the operation instead.`,
    );
  const found = values.NetworkInterfaceId
    ? interfaceOf(region, values.NetworkInterfaceId)
    : onlyInterfaceOf(region, values.InstanceId ?? "", several);
  if (region.subnets[found.subnetId]?.vpcId !== table.vpcId) differ(`interface ${found.id}`);
  return { kind: "interface", id: found.id };
}

/**
 * Inside the VPC a route may only take over a whole subnet, and only for an interface; so an overlay address
 * lies outside (VPC User Guide, "Route tables", "Route priority" and "Considerations": a route more specific
 * than the local one matches the entire CIDR block of a subnet).
 */
function checkInside(region: Region, table: RouteTable, { destination: block, target: to }: Route): void {
  const vpc = region.vpcs[table.vpcId];
  if (!vpc || !contains(vpc.cidr, block)) return;
  const subnet = Object.values(region.subnets).find((one) => one.vpcId === vpc.id && one.cidr === block);
  if (!subnet) refuse("InvalidParameterValue", "Route destination doesn't match any subnet CIDR blocks");
  if (to.kind !== "interface") {
    refuse(
      "InvalidParameterValue",
      `The destination CIDR block ${block} is equal to or more specific than one of this VPC's CIDR blocks: its target must be a network interface.`,
    );
  }
}

export const routeActions: Record<string, Action> = {
  CreateRoute: create,
  ReplaceRoute: replace,
  DeleteRoute: remove,
};
