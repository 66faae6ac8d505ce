import type { IpCommand } from "../../network/ip";
import { cableName, EDGE, EDGE_LINK, EDGE_TABLE, NAME_SERVER_MARK, OWNED_TABLE, subnetTable } from "./names";
import { gateway, METADATA_ADDRESS, type NetworkInterface, type Route, type VpcNetwork } from "./vpc";

/** What the router's kernel has, or should have; each entry is the arguments that add it. */
export interface RoutingState {
  /** Addresses of the router itself. */
  addresses: string[];
  /** Which packets use which table. */
  rules: string[];
  /** Destination and table, then the rest. */
  routes: KernelRoute[];
}

/** A route of the kernel: `where` is destination and table, `how` the rest. */
export interface KernelRoute {
  where: string;
  how: string;
}

/** The routing that a network needs. */
export function routing(network: VpcNetwork): RoutingState {
  return {
    addresses: [...network.subnets.map(({ cidr }) => gateway(cidr)), METADATA_ADDRESS],
    rules: [
      `priority 100 lookup ${OWNED_TABLE}`,
      `priority 200 iif lo lookup ${EDGE_TABLE}`,
      `priority 201 fwmark ${NAME_SERVER_MARK} lookup ${EDGE_TABLE}`,
      ...network.subnets.map(({ cidr }) => {
        const table = subnetTable(cidr);
        return `priority 300 fwmark ${table} lookup ${table}`;
      }),
    ],
    routes: routes(network),
  };
}

/** Every owned address leads to its cable, then come the subnets' own tables. */
function routes(network: VpcNetwork): KernelRoute[] {
  const plugged = network.interfaces.filter(({ attachment }) => attachment !== undefined);
  const owned = plugged.flatMap((one) =>
    one.privateIps.map((address) => ({ ...to(one), where: at(address, OWNED_TABLE) })),
  );
  const subnets = network.subnets.flatMap((subnet) =>
    subnet.routes.map((route) => ({
      where: at(route.destination, subnetTable(subnet.cidr)),
      how: how(route, plugged),
    })),
  );
  return [...owned, { where: at("0.0.0.0/0", EDGE_TABLE), how: TO_INTERNET }, ...subnets];
}

/** The `ip` commands from what is there to what should be. */
export function changes(actual: RoutingState, wanted: RoutingState): IpCommand[] {
  const have = new Map(actual.routes.map(({ where, how: way }) => [where, way]));
  const want = new Set(wanted.routes.map(({ where }) => where));
  return [
    ...missing(wanted.addresses, actual.addresses).map((one) => ["addr", "add", `${one}/32`, "dev", "lo"]),
    ...wanted.routes.filter(({ where, how: way }) => have.get(where) !== way).map(replace),
    ...actual.routes.filter(({ where }) => !want.has(where)).map(({ where }) => words("route del", where)),
    ...missing(wanted.rules, actual.rules).map((one) => words("rule add", one)),
    ...missing(actual.rules, wanted.rules).map((one) => words("rule del", one)),
    ...missing(actual.addresses, wanted.addresses).map((one) => ["addr", "del", `${one}/32`, "dev", "lo"]),
  ];
}

/** An address that an interface owns, and the cable that it leads to. */
export interface Delivery {
  cable: string;
  address: string;
}

export const deliveries = ({ routes }: RoutingState): Delivery[] =>
  routes.flatMap(({ where, how: way }) => {
    const [, address] = new RegExp(`^(\\S+)/32 table ${OWNED_TABLE}$`).exec(where) ?? [];
    const [, cable] = /^unicast .* dev (\S+)$/.exec(way) ?? [];
    return address !== undefined && cable !== undefined ? [{ cable, address }] : [];
  });

const TO_INTERNET = `unicast via ${EDGE_LINK.internet} dev ${EDGE}`;
const NOWHERE = "blackhole";

/** A route to an interface that is plugged in nowhere is a black hole, as on EC2. */
function how({ target }: Route, plugged: readonly NetworkInterface[]): string {
  if (target === "internet") return TO_INTERNET;
  if (typeof target === "string") return NOWHERE;
  if ("nat" in target) return TO_INTERNET;
  const owner = plugged.find(({ id }) => id === target.interface);
  return owner ? to(owner).how : NOWHERE;
}

/** All of an interface's packets go to its one permanent neighbour, whether its machine knows the address or not. */
function to({ id, privateIps }: NetworkInterface): { how: string } {
  return { how: `unicast via ${privateIps[0]} dev ${cableName(id)}` };
}

function replace({ where, how: way }: KernelRoute): IpCommand {
  const [type = "", ...rest] = way.split(" ");
  const [destination = "", ...table] = where.split(" ");
  return [
    "route",
    "replace",
    type,
    destination,
    ...rest,
    ...table,
    ...(type === "unicast" ? ["onlink"] : []),
  ];
}

/** Destination and table, the former as CIDR. */
export function at(destination: string, table: number): string {
  return `${destination.includes("/") ? destination : `${destination}/32`} table ${table}`;
}

function missing(wanted: readonly string[], actual: readonly string[]): string[] {
  return wanted.filter((one) => !actual.includes(one));
}

function words(...text: string[]): string[] {
  return text.join(" ").split(" ");
}
