import type { Place } from "./faults";
import type { AwsSubject } from "./subject";

/** Mode elasticIp: the address's association. */
export const elasticIp = (pair: AwsSubject): Place => {
  const address = async () =>
    Object.values((await pair.model()).addresses).find(({ publicIp }) => publicIp === pair.vip);
  return {
    look: "DescribeAddresses",
    move: "AssociateAddress",
    target: async () => (await address())?.association?.id ?? "none",
    steal: async (NetworkInterfaceId) =>
      pair.ec2("AssociateAddress", {
        AllocationId: (await address())?.id ?? "",
        NetworkInterfaceId,
        AllowReassociation: true,
      }),
  };
};

/** What the stack says of it. */
export const inOneSubnet = { mode: "secondaryPrivateIp", address: "10.77.0.100" };

/** Mode secondaryPrivateIp: the interface that has the address. */
export const secondaryPrivateIp = (pair: AwsSubject): Place => ({
  look: "DescribeNetworkInterfaces",
  move: "AssignPrivateIpAddresses",
  async target() {
    const { interfaces } = await pair.model();
    return Object.values(interfaces).find(({ privateIps }) => privateIps.includes(pair.vip))?.id ?? "none";
  },
  steal: (NetworkInterfaceId) =>
    pair.ec2("AssignPrivateIpAddresses", {
      NetworkInterfaceId,
      PrivateIpAddress: [pair.vip],
      AllowReassignment: true,
    }),
});

/** Mode overlayRoute: the target of the route in the clients' table. */
export const overlayRoute = (pair: AwsSubject, table: () => string): Place => ({
  look: "DescribeRouteTables",
  move: "ReplaceRoute",
  async target() {
    const routes = (await pair.model()).routeTables[table()]?.routes;
    const route = routes?.find(({ destination }) => destination === `${pair.vip}/32`);
    return route?.target.kind === "interface" ? route.target.id : "none";
  },
  steal: (NetworkInterfaceId) =>
    pair.ec2("ReplaceRoute", {
      RouteTableId: table(),
      DestinationCidrBlock: `${pair.vip}/32`,
      NetworkInterfaceId,
    }),
});
