import { type Action, description, mutation } from "../action";
import { refuse } from "../error";
import { newId } from "../ids";
import { routeTableOf, subnetOf, vpcOf } from "../lookup";
import { required, text } from "../parameters";
import { done, tagSet } from "../show";
import type { Region, Route, RouteTable } from "../state";
import { tagSpecifications, tagsFor } from "../tags";

/** A new table holds the VPC's own route and no other. */
export function newRouteTable(region: Region, vpcId: string, tags: Record<string, string>): RouteTable {
  const { cidr } = vpcOf(region, vpcId);
  const id = newId(region, "rtb");
  const table: RouteTable = {
    id,
    vpcId,
    tags,
    associations: [],
    routes: [{ destination: cidr, target: { kind: "local" } }],
  };
  region.routeTables[id] = table;
  return table;
}

const create = mutation({
  parameters: { VpcId: required(text()), TagSpecification: tagSpecifications, ClientToken: text() },
  resources: (_, { VpcId }) => [
    { type: "vpc", id: VpcId },
    { type: "route-table", id: "*" },
  ],
  run(region, { VpcId, TagSpecification, ClientToken }) {
    const table = newRouteTable(region, VpcId, tagsFor(TagSpecification, "route-table"));
    return { routeTable: show(region, table), clientToken: ClientToken };
  },
});

const remove = mutation({
  parameters: { RouteTableId: required(text()) },
  run(region, { RouteTableId }) {
    const table = routeTableOf(region, RouteTableId);
    if (table.associations.length > 0) {
      refuse("DependencyViolation", `The routeTable '${table.id}' has dependencies and cannot be deleted.`);
    }
    delete region.routeTables[table.id];
    return done;
  },
});

const associate = mutation({
  parameters: { RouteTableId: required(text()), SubnetId: required(text()) },
  run(region, { RouteTableId, SubnetId }) {
    const table = routeTableOf(region, RouteTableId);
    const subnet = subnetOf(region, SubnetId);
    if (subnet.vpcId !== table.vpcId) {
      refuse(
        "InvalidParameterValue",
        `Route table ${table.id} and subnet ${subnet.id} belong to different networks`,
      );
    }
    for (const other of Object.values(region.routeTables)) {
      const taken = other.associations.find(({ subnetId }) => subnetId === SubnetId);
      if (taken && other === table)
        return { associationId: taken.id, associationState: { state: "associated" } };
      if (taken) {
        refuse(
          "Resource.AlreadyAssociated",
          `the specified association for route table ${other.id} conflicts with an existing association`,
        );
      }
    }
    const id = newId(region, "rtbassoc");
    table.associations.push({ id, subnetId: subnet.id });
    return { associationId: id, associationState: { state: "associated" } };
  },
});

const disassociate = mutation({
  parameters: { AssociationId: required(text()) },
  resources(region, { AssociationId }) {
    return [{ type: "route-table", id: byAssociation(region, AssociationId)?.id ?? "*" }];
  },
  run(region, { AssociationId }) {
    const table = byAssociation(region, AssociationId);
    const association = table?.associations.find(({ id }) => id === AssociationId);
    if (!table || !association) {
      return refuse("InvalidAssociationID.NotFound", `The association ID '${AssociationId}' does not exist`);
    }
    if (!association.subnetId) {
      refuse(
        "InvalidParameterValue",
        `cannot disassociate the main route table association ${AssociationId}`,
      );
    }
    table.associations = table.associations.filter((other) => other !== association);
    return done;
  },
});

function byAssociation(region: Region, id: string): RouteTable | undefined {
  return Object.values(region.routeTables).find(({ associations }) =>
    associations.some((one) => one.id === id),
  );
}

/** A route whose interface is gone, on the shelf or in an instance that is off leads nowhere. */
function stateOf(region: Region, { target }: Route): "active" | "blackhole" {
  if (target.kind === "local") return "active";
  if (target.kind === "gateway") return region.internetGateways[target.id]?.vpcId ? "active" : "blackhole";
  if (target.kind === "natGateway") return region.natGateways[target.id] ? "active" : "blackhole";
  const instance = instanceBehind(region, target.id);
  return instance?.state === "running" || instance?.state === "pending" ? "active" : "blackhole";
}

function instanceBehind(region: Region, interfaceId: string) {
  return region.instances[region.interfaces[interfaceId]?.attachment?.instanceId ?? ""];
}

function showRoute(region: Region, table: RouteTable, route: Route) {
  const { target, destination } = route;
  const instance = target.kind === "interface" ? instanceBehind(region, target.id) : undefined;
  return {
    destinationCidrBlock: destination,
    ...(target.kind === "local" && { gatewayId: "local" }),
    ...(target.kind === "gateway" && { gatewayId: target.id }),
    ...(target.kind === "natGateway" && { natGatewayId: target.id }),
    ...(instance && { instanceId: instance.id, instanceOwnerId: region.account }),
    ...(target.kind === "interface" && { networkInterfaceId: target.id }),
    state: stateOf(region, route),
    origin: route === table.routes[0] && target.kind === "local" ? "CreateRouteTable" : "CreateRoute",
  };
}

function show(region: Region, table: RouteTable) {
  return {
    routeTableId: table.id,
    vpcId: table.vpcId,
    ownerId: region.account,
    routeSet: table.routes.map((route) => showRoute(region, table, route)),
    associationSet: table.associations.map(({ id, subnetId }) => ({
      routeTableAssociationId: id,
      routeTableId: table.id,
      subnetId,
      main: subnetId === undefined,
      associationState: { state: "associated" },
    })),
    propagatingVgwSet: [],
    tagSet: tagSet(table.tags),
  };
}

const describe = description<RouteTable>({
  set: "routeTableSet",
  items: (region) => Object.values(region.routeTables),
  select: { RouteTableId: { of: ({ id }) => id, missing: "InvalidRouteTableID.NotFound" } },
  filters: (region) => ({
    "route-table-id": ({ id }) => id,
    "vpc-id": ({ vpcId }) => vpcId,
    "owner-id": () => region.account,
    "association.main": ({ associations }) => associations.some(({ subnetId }) => !subnetId),
    "association.subnet-id": ({ associations }) => associations.flatMap(({ subnetId }) => subnetId ?? []),
    "association.route-table-association-id": ({ associations }) => associations.map(({ id }) => id),
    "route.destination-cidr-block": ({ routes }) => routes.map(({ destination }) => destination),
    "route.gateway-id": ({ routes }) =>
      routes.flatMap(({ target }) =>
        target.kind === "gateway" ? target.id : target.kind === "local" ? "local" : [],
      ),
    "route.nat-gateway-id": ({ routes }) =>
      routes.flatMap(({ target }) => (target.kind === "natGateway" ? target.id : [])),
    "route.state": ({ routes }) => routes.map((route) => stateOf(region, route)),
  }),
  show,
});

export const routeTableActions: Record<string, Action> = {
  CreateRouteTable: create,
  DeleteRouteTable: remove,
  AssociateRouteTable: associate,
  DisassociateRouteTable: disassociate,
  DescribeRouteTables: describe,
};
