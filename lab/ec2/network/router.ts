import { ip, setSysctls } from "../../network/ip";
import { removeNetwork } from "../../network/network";
import { replaceTable } from "../../network/nft";
import { prepareKernel } from "../../state/kernel";
import { cableChanges, changeCables } from "./cables";
import { changeClients, createInternet } from "./internet";
import { readRouter } from "./kernel";
import { vpcNames } from "./names";
import { changes, deliveries, routing } from "./routes";
import { nftRuleset } from "./ruleset";
import { FORWARDS } from "./sysctls";
import type { VpcNetwork } from "./vpc";

/** Builds a VPC from nothing; the namespaces of its machines must be there, those of its clients need not. */
export async function createVpc(network: VpcNetwork): Promise<void> {
  const { router } = vpcNames(network.id);
  await ip(undefined, [["netns", "add", router]]);
  await ip(router, [["link", "set", "lo", "up"]]);
  await createInternet(network);
  await replaceTable({ namespace: router, family: "ip", name: TABLE }, nftRuleset(network));
  // Now that it tracks connections, the kernel has the parameters of that too.
  await setSysctls(router, SYSCTLS);
  await applyVpc(network);
  if (network.uplink) await prepareKernel();
}

/**
 * Makes the VPC what it should be now; what has not changed is not touched, and a connection that was allowed stays.
 * Changes of one VPC happen one after the other. `publicRange` and `uplink` stay as they were created.
 */
export function applyVpc(network: VpcNetwork): Promise<void> {
  const { router } = vpcNames(network.id);
  const done = (queues.get(router) ?? Promise.resolve()).then(() => reconcile(router, network));
  queues.set(
    router,
    done.catch(() => {}),
  );
  return done;
}

/** Removes everything that carries the VPC's id, machines' namespaces included; half of it may be missing. */
export async function removeVpc(id: string): Promise<void> {
  const { router } = vpcNames(id);
  await queues.get(router);
  queues.delete(router);
  await removeNetwork(id);
}

const TABLE = "vpc";

/** What each router is busy with. */
const queues = new Map<string, Promise<void>>();

/**
 * Rules first: an address that goes from one interface to another still leads to the old one until its route is another. At
 * each moment its packets come to one of the two.
 */
async function reconcile(router: string, network: VpcNetwork): Promise<void> {
  const found = await readRouter(router);
  const cables = cableChanges(network, found.cables);
  const rewired = cables.plug.length + cables.unplug.length > 0;
  if (rewired) await changeCables(network.id, cables);
  const { routing: now } = rewired ? await readRouter(router) : found;
  const commands = changes(now, routing(network));
  const rules = nftRuleset(network, deliveries(now));
  await replaceTable({ namespace: router, family: "ip", name: TABLE }, rules);
  await allDone([...(commands.length > 0 ? [ip(router, commands)] : []), changeClients(network)]);
}

/** As Promise.all, but when one fails the others have ended too: nothing is created behind a removal's back. */
async function allDone(work: readonly Promise<void>[]): Promise<void> {
  await Promise.allSettled(work);
  await Promise.all(work);
}

/** The router answers ARP for everything at once, and is silent about itself. */
const SYSCTLS = {
  ...FORWARDS,
  "net/ipv4/conf/default/proxy_arp": "1",
  "net/ipv4/conf/default/proxy_arp_pvlan": "1",
  "net/netfilter/nf_conntrack_tcp_be_liberal": "1",
};
