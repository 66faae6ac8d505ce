import { addressOf, canonical, inSubnet, ipv4, ipv4WithPrefix, reservedIn, subnetOf } from "../addresses";
import { vip6Of, vip6Rules } from "./hosts-ipv6";
import { listenersOf } from "./nginx/ports";
import { items, type LooseHosts, type Problem, repeated } from "./problem";

/** The rules across keys of platform `hosts`. */
export function* hostsRules(cluster: LooseHosts): Generator<Problem> {
  const nodes = items(cluster.nodes);
  yield* repeated(
    nodes,
    (node) => node?.address,
    (index) => ["nodes", index, "address"],
  );
  yield* repeated(
    nodes,
    (node) => keyOf(node?.ssh?.hostKey),
    (index) => ["nodes", index, "ssh", "hostKey"],
  );
  yield* vipRules(cluster);
  yield* vip6Rules(cluster);
}

function* vipRules(cluster: LooseHosts): Generator<Problem> {
  const value = cluster.vip?.address;
  if (!ipv4WithPrefix.safeParse(value).success) return;
  const cidr = String(value);
  const vip = addressOf(cidr);
  const problem = (message: string): Problem => ({ path: ["vip", "address"], value, message });
  if (reservedIn(vip, cidr)) {
    yield problem(`must not be the network or broadcast address of ${subnetOf(cidr)}; choose a free one`);
  }
  for (const node of items(cluster.nodes)) {
    const address = String(node?.address);
    if (!ipv4.safeParse(address).success) continue;
    const who = node?.name ?? address;
    if (address === vip) {
      yield problem(`must differ from every node's address, and is that of ${who}; choose a free one`);
    } else if (!inSubnet(address, cidr)) {
      yield problem(
        `must lie in the nodes' subnet, and ${who} (${address}) is outside ${subnetOf(cidr)}; correct the address or its prefix length`,
      );
    }
  }
  yield* backendRules(cluster, [vip, vip6Of(cluster)]);
}

/** No backend of a pool or a stream is the pair's own nginx. */
function* backendRules(
  { nginx, nodes }: LooseHosts,
  vips: readonly (string | undefined)[],
): Generator<Problem> {
  const own = items(nodes).flatMap((node) => [node?.address, canonical(node?.address6)]);
  const { tcp, udp } = listenersOf(nginx ?? {});
  const lists = [
    ...items(nginx?.pools).map((pool, index) => ({ of: pool, path: ["nginx", "pools", index], taken: tcp })),
    ...items(nginx?.streams).map((stream, index) => ({
      of: stream,
      path: ["nginx", "streams", index],
      taken: stream?.protocol === "udp" ? udp : tcp,
    })),
  ];
  for (const { of, path, taken } of lists)
    for (const [position, server] of items(of?.servers).entries()) {
      const { address, port } = server ?? {};
      const itself = own.includes(canonical(address)) && taken.some((one) => one.port === (port ?? 80));
      const isVip = vips.includes(canonical(address));
      if (address === undefined || !(isVip || itself)) continue;
      const who = isVip ? "the VIP" : "a node's address on a port of nginx's";
      yield {
        path: [...path, "servers", position, "address"],
        value: address,
        message: `must not be ${who}: nginx would send requests to itself`,
      };
    }
}

const keyOf = (hostKey: unknown): unknown =>
  typeof hostKey === "string" ? hostKey.split(" ")[1] : undefined;
