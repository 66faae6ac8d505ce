import { machineNamespace } from "../../state/names";
import { publicSide } from "../model/public-addresses";
import type { NetworkInterface as ModelInterface, NatGateway, Region, RouteTable } from "../model/state";
import type { NetworkInterface, Route, Rule, SecurityGroup, VpcNetwork } from "../network/vpc";
import type { RegionPlan } from "./plan";

/** What the network must know beside the model: which machines are on, and where their metadata is served. */
export interface Realisation {
  plan: RegionPlan;
  /** The metadata's port, by instance, of instances that have a network namespace. */
  metadataPorts: ReadonlyMap<string, number>;
  lostZones: readonly string[];
  nameServer?: string;
}

/** The network that the model describes. Only an interface of a machine that is on is plugged in. */
export function realise(
  region: Region,
  { plan, metadataPorts, lostZones, nameServer }: Realisation,
): VpcNetwork {
  return {
    id: plan.id,
    publicRange: plan.publicRange,
    subnets: Object.values(region.subnets).map(({ id, vpcId, cidr, zone }) => ({
      cidr,
      zone,
      routes: routes(region, tableOf(region, id, vpcId)),
    })),
    interfaces: customers(region).map((one) => networkInterface(region, one, plan, metadataPorts)),
    securityGroups: Object.values(region.securityGroups).map(({ id, rules }): SecurityGroup => {
      const of = (egress: boolean) => rules.filter((rule) => rule.egress === egress).map(securityRule);
      return { id, ingress: of(false), egress: of(true) };
    }),
    elasticIps: customers(region).flatMap((one) =>
      one.privateIps.flatMap((privateIp) => {
        const side = publicSide(region, one, privateIp);
        return side ? [{ publicIp: side.publicIp, privateIp }] : [];
      }),
    ),
    internetClients: [{ name: "client", address: plan.clientAddress }],
    lostZones: [...lostZones],
    uplink: plan.hostLink,
    nameServer,
  };
}

/** The interfaces on which machines can be; a NAT gateway's is the router itself. */
const customers = (region: Region): ModelInterface[] =>
  Object.values(region.interfaces).filter(({ natGatewayId }) => natGatewayId === undefined);

/** What Linux calls the interfaces of an instance on Nitro: ens5, ens6, … */
const deviceName = (index: number): string => `ens${5 + index}`;

/** The network namespace of an instance. */
export const instanceNamespace = (plan: RegionPlan, instanceId: string): string =>
  machineNamespace(plan.id, instanceId);

function networkInterface(
  region: Region,
  one: ModelInterface,
  plan: RegionPlan,
  metadataPorts: ReadonlyMap<string, number>,
): NetworkInterface {
  const subnet = region.subnets[one.subnetId];
  const { attachment } = one;
  const metadataPort = attachment && metadataPorts.get(attachment.instanceId);
  return {
    id: one.id,
    mac: one.mac,
    subnet: subnet?.cidr ?? "",
    zone: subnet?.zone ?? "",
    privateIps: one.privateIps as [string, ...string[]],
    sourceDestCheck: one.sourceDestCheck,
    groups: one.groups,
    ...(metadataPort !== undefined && {
      metadataPort,
      attachment: {
        namespace: instanceNamespace(plan, attachment?.instanceId ?? ""),
        device: deviceName(attachment?.deviceIndex ?? 0),
      },
    }),
  };
}

/** A subnet that is associated with no table uses its VPC's main one. */
function tableOf(region: Region, subnetId: string, vpcId: string): RouteTable | undefined {
  const tables = Object.values(region.routeTables).filter((table) => table.vpcId === vpcId);
  const of = (subnet: string | undefined) =>
    tables.find(({ associations }) => associations.some((one) => one.subnetId === subnet));
  return of(subnetId) ?? of(undefined);
}

function routes(region: Region, table: RouteTable | undefined): Route[] {
  return (table?.routes ?? []).map(({ destination, target }): Route => {
    if (target.kind === "local") return { destination, target: "local" };
    if (target.kind === "interface") return { destination, target: { interface: target.id } };
    if (target.kind === "natGateway")
      return { destination, target: natTarget(region, region.natGateways[target.id]) };
    return { destination, target: leadsOut(region, table, target.id) ? "internet" : "blackhole" };
  });
}

const leadsOut = (region: Region, table: RouteTable | undefined, gateway: string): boolean =>
  region.internetGateways[gateway]?.vpcId === table?.vpcId;

/** A NAT gateway works where its own subnet's default route goes to the Internet gateway. */
function natTarget(region: Region, nat: NatGateway | undefined): Route["target"] {
  const vpcId = region.subnets[nat?.subnetId ?? ""]?.vpcId ?? "";
  const table = nat && tableOf(region, nat.subnetId, vpcId);
  const out = table?.routes.find(({ destination }) => destination === "0.0.0.0/0")?.target;
  const address = nat && region.addresses[nat.allocationId];
  const works = out?.kind === "gateway" && leadsOut(region, table, out.id);
  return works && address ? { nat: address.publicIp } : "blackhole";
}

const NUMBERS: Record<string, number> = { tcp: 6, udp: 17, icmp: 1 };

function securityRule(rule: Region["securityGroups"][string]["rules"][number]): Rule {
  const protocol = NUMBERS[rule.protocol] ?? Number(rule.protocol);
  const peer = rule.groupId === undefined ? (rule.cidr ?? "") : { group: rule.groupId };
  const hasPorts = [1, 6, 17].includes(protocol);
  return { protocol, ...(hasPorts && { ports: [rule.fromPort, rule.toPort] as [number, number] }), peer };
}
