import ipaddr from "ipaddr.js";
import type { Subnet as LabSubnet } from "../../network/addresses";

/** What the network of a VPC should be; everything of it can change, one desired state at a time. */
export interface VpcNetwork {
  /** Six hexadecimal digits, part of every name that the kernel knows. */
  id: string;
  /** The public addresses of the Region: what nobody owns of them is rejected at once. */
  publicRange: string;
  subnets: Subnet[];
  interfaces: NetworkInterface[];
  securityGroups: SecurityGroup[];
  elasticIps: ElasticIp[];
  internetClients: InternetClient[];
  /** Zones of which every interface drops everything. */
  lostZones: string[];
  /** The link to the host; without it, the Internet is what the lab has of it. */
  uplink?: LabSubnet["hostLink"];
  /** The name server to which what machines ask the VPC's own is sent, over the uplink. */
  nameServer?: string;
}

/** A subnet with the routes of its route table; the longest prefix wins, as everywhere. */
export interface Subnet {
  cidr: string;
  zone: string;
  routes: Route[];
}

/** `local` is the VPC's own range: what no interface owns of it goes nowhere. */
export interface Route {
  destination: string;
  target: "local" | "internet" | "blackhole" | { interface: string } | { nat: string };
}

/** A network interface, plugged into a machine or not. */
export interface NetworkInterface {
  id: string;
  mac: string;
  /** CIDR of its subnet. */
  subnet: string;
  zone: string;
  /** The primary address first. */
  privateIps: [string, ...string[]];
  sourceDestCheck: boolean;
  /** Ids of its security groups. */
  groups: string[];
  /** The machine's end: its network namespace must be there. */
  attachment?: { namespace: string; device: string };
  /** Where the machine's own metadata service listens at METADATA_ADDRESS in the router's namespace. */
  metadataPort?: number;
}

/** Stateful rules; what none allows is dropped. */
export interface SecurityGroup {
  id: string;
  ingress: Rule[];
  egress: Rule[];
}

/** What a security group allows. */
export interface Rule {
  /** Protocol number; -1 is all of them. */
  protocol: number;
  /** From and to; ICMP's are type and code, where -1 is all of them. */
  ports?: [number, number];
  peer: string | { group: string };
}

/** A public address and the private one that it stands for. */
export interface ElasticIp {
  publicIp: string;
  privateIp: string;
}

/** A namespace on the Internet's side; its name is also that of its interface there. */
export interface InternetClient {
  name: string;
  address: string;
}

/** The address of the metadata service, on the router's side of every machine's cable. */
export const METADATA_ADDRESS = "169.254.169.254";

/** A subnet's gateway. */
export function gateway(cidr: string): string {
  return hostOf(cidr, 1);
}

/** The VPC's own ranges: whatever a route calls local. */
export function localRanges(network: VpcNetwork): string[] {
  const routes = network.subnets.flatMap((subnet) => subnet.routes);
  return unique(routes.filter(({ target }) => target === "local").map(({ destination }) => destination));
}

/** The name servers of a VPC: the third address of each of its ranges, and the link-local one. */
export function nameServers(network: VpcNetwork): string[] {
  return [...localRanges(network).map((range) => hostOf(range, 2)), "169.254.169.253"];
}

/** The public addresses through which subnets without one of their own go out. */
export function natAddresses(network: VpcNetwork): string[] {
  const targets = network.subnets.flatMap((subnet) => subnet.routes.map((route) => route.target));
  return unique(
    targets.flatMap((target) => (typeof target === "object" && "nat" in target ? [target.nat] : [])),
  );
}

/** Each value once, in the order in which they came. */
function unique<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}

function hostOf(cidr: string, host: number): string {
  const bytes = ipaddr.IPv4.networkAddressFromCIDR(cidr).toByteArray();
  bytes[3] = (bytes[3] ?? 0) + host;
  return bytes.join(".");
}
