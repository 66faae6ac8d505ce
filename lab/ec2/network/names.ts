import ipaddr from "ipaddr.js";
import { labNames } from "../../state/names";

/** The namespaces of a VPC, and where they meet. */
export interface VpcNames {
  /** Every machine's cable ends here. */
  router: string;
  /** What is beyond the Internet gateway. */
  internet: string;
}

/** The router's interface towards the Internet. */
export const EDGE = "internet";

/** The Internet's interface towards the VPC. */
export const VPC = "vpc";

/** The two ends of the link between them; link-local, so that no packet to them ever leaves the lab. */
export const EDGE_LINK = {
  router: "169.254.255.254",
  internet: "169.254.255.253",
  prefixLength: 30,
} as const;

/** The routing table with every address that an interface owns; it comes before those of the subnets. */
export const OWNED_TABLE = 100;

/** The routing table of the router's own packets, and of those to the name server. */
export const EDGE_TABLE = 101;

/** The mark of packets to the name server. */
export const NAME_SERVER_MARK = 53;

/** The names of the VPC with this id; everything is removed by them, so the id must be one. */
export function vpcNames(id: string): VpcNames {
  if (!/^[0-9a-f]{6}$/.test(id)) throw new RangeError(`a VPC's id is six hexadecimal digits, not "${id}"`);
  const { namespaces } = labNames(id);
  return { router: `${namespaces}vpc`, internet: `${namespaces}internet` };
}

/** The namespace of a client on the Internet's side. */
export function clientNamespace(id: string, client: string): string {
  return `${labNames(id).namespaces}${client}`;
}

const CABLE = "eni-";

/** The router's end of an interface's cable: as much of the id as an interface's name may hold. */
export function cableName(interfaceId: string): string {
  return CABLE + interfaceId.replace(/^eni-/, "").slice(-11);
}

/** Whether an interface of the router's namespace is a machine's cable. */
export function isCable(link: string): boolean {
  return link.startsWith(CABLE);
}

/** A subnet's routing table, which is also the mark of packets from its machines: its first address as a number. */
export function subnetTable(cidr: string): number {
  const bytes = ipaddr.IPv4.networkAddressFromCIDR(cidr).toByteArray();
  return bytes.reduce((sum, byte) => sum * 256 + byte, 0);
}
