import { addressOf, canonical, inSubnet, ipv6, ipv6WithPrefix, routable6, subnet6Of } from "../addresses";
import { items, type LooseHosts, type Path, type Problem, repeated } from "./problem";

type Node = NonNullable<NonNullable<LooseHosts["nodes"]>[number]>;

/** The VIP's IPv6 address in one spelling; nothing where there is none, or no valid one. */
export function vip6Of({ vip }: LooseHosts): string | undefined {
  const { success, data } = ipv6WithPrefix.safeParse(vip?.address6);
  return success ? canonical(addressOf(data)) : undefined;
}

/** The rules of the VIP's IPv6 address, and of the nodes' own. */
export function* vip6Rules(cluster: LooseHosts): Generator<Problem> {
  const nodes = items(cluster.nodes);
  yield* repeated(
    nodes,
    (node) => canonical(node?.address6),
    (index) => ["nodes", index, "address6"],
  );
  const value = cluster.vip?.address6;
  const problem = (path: Path, given: unknown, message: string): Problem => ({ path, value: given, message });
  const ofVip = (message: string): Problem => problem(["vip", "address6"], value, message);
  const vip = vip6Of(cluster);
  const known = vip !== undefined && routable6(vip);
  if (vip !== undefined && !known)
    yield ofVip("must be an address that other networks know; choose a global or a unique local one");
  if (known && vip === subnet6Of(String(value)))
    yield ofVip("must not be the subnet's own address, which is every router's; choose a free one");
  for (const [index, node] of nodes.entries()) {
    const message = ofNode(node ?? {}, cluster);
    if (message) yield problem(["nodes", index, "address6"], node?.address6, message);
    else if (known) yield* placed(node ?? {}, vip, String(value)).map(ofVip);
  }
}

/** What is wrong with a node's own address; what is no address at all is told elsewhere. */
function ofNode({ address6: own }: Node, { vip }: LooseHosts): string | undefined {
  if (vip === undefined) return undefined;
  if (vip.address6 === undefined)
    return own === undefined ? undefined : "is of use with vip.address6 only; set that, or leave this out";
  if (own === undefined) return "must be there where the VIP has an IPv6 address; name the node's own";
  if (ipv6.safeParse(own).success && !routable6(own))
    return "must be an address that other networks know; name that one of the node's";
  return undefined;
}

/** Where the VIP is not, beside a node. */
function placed({ name, address6: own }: Node, vip: string, cidr: string): string[] {
  if (own === undefined || !ipv6.safeParse(own).success) return [];
  const who = name ?? own;
  if (canonical(own) === vip)
    return [`must differ from every node's address, and is that of ${who}; choose a free one`];
  if (inSubnet(own, cidr)) return [];
  return [
    `must lie in the nodes' subnet, and ${who} (${own}) is outside of it; correct the address or its prefix length`,
  ];
}
