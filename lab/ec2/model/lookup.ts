import { type Ec2Error, notFound, refuse } from "./error";
import type {
  Address,
  Image,
  Instance,
  NatGateway,
  NetworkInterface,
  Region,
  Resource,
  RouteTable,
  SecurityGroup,
  Subnet,
  Vpc,
} from "./state";

/** Finds one resource by its id, or refuses the request with the error that EC2 has for it. */
function finder<T extends Resource>(all: (region: Region) => Record<string, T>, code: string, kind: string) {
  return (region: Region, id: string): T => {
    const found = Object.hasOwn(all(region), id) ? all(region)[id] : undefined;
    if (!found) throw notFound(code, kind, id);
    return found;
  };
}

export const vpcOf = finder<Vpc>((r) => r.vpcs, "InvalidVpcID.NotFound", "vpc ID");
export const subnetOf = finder<Subnet>((r) => r.subnets, "InvalidSubnetID.NotFound", "subnet ID");
export const gatewayOf = finder(
  (r) => r.internetGateways,
  "InvalidInternetGatewayID.NotFound",
  "internetGateway ID",
);
export const natGatewayOf = finder<NatGateway>((r) => r.natGateways, "NatGatewayNotFound", "natGateway ID");
export const routeTableOf = finder<RouteTable>(
  (r) => r.routeTables,
  "InvalidRouteTableID.NotFound",
  "routeTable ID",
);
export const groupOf = finder<SecurityGroup>(
  (r) => r.securityGroups,
  "InvalidGroup.NotFound",
  "security group",
);
const anyInterfaceOf = finder<NetworkInterface>(
  (r) => r.interfaces,
  "InvalidNetworkInterfaceID.NotFound",
  "networkInterface ID",
);
export const addressOf = finder<Address>((r) => r.addresses, "InvalidAllocationID.NotFound", "allocation ID");
export const instanceOf = finder<Instance>((r) => r.instances, "InvalidInstanceID.NotFound", "instance ID");
export const imageOf = finder<Image>((r) => r.images, "InvalidAMIID.NotFound", "image id");

/** An interface that a request may change: a NAT gateway's is EC2's own. */
export function interfaceOf(region: Region, id: string): NetworkInterface {
  const found = anyInterfaceOf(region, id);
  if (found.natGatewayId)
    refuse("OperationNotPermitted", `Network interface ${id} belongs to ${found.natGatewayId}.`);
  return found;
}

/** The interfaces of an instance, by device index. */
export function interfacesOf(region: Region, instanceId: string): NetworkInterface[] {
  return Object.values(region.interfaces)
    .filter(({ attachment }) => attachment?.instanceId === instanceId)
    .sort((a, b) => (a.attachment?.deviceIndex ?? 0) - (b.attachment?.deviceIndex ?? 0));
}

/** The elastic IP on a private address of an interface, if there is one. */
export function elasticIpOn(
  region: Region,
  networkInterfaceId: string,
  privateIp: string,
): Address | undefined {
  return Object.values(region.addresses).find(
    ({ association }) =>
      association?.networkInterfaceId === networkInterfaceId && association.privateIp === privateIp,
  );
}

/** The only interface of an instance, where a request names the instance and means its interface. */
export function onlyInterfaceOf(
  region: Region,
  instanceId: string,
  several: () => Ec2Error,
): NetworkInterface {
  const instance = instanceOf(region, instanceId);
  const [first, second] = interfacesOf(region, instance.id);
  if (!first || second) throw several();
  return first;
}
