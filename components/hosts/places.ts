import { addressOf, canonical } from "../../config/addresses";
import type { HostsCluster } from "../../config/cluster";
import type { NodePlace, PairSettings } from "../../node/settings";

/** What both nodes have in common, on machines that are there. */
export function hostPair({ keepalived, nginx, sync, drain, vip }: HostsCluster): PairSettings {
  const vip6 = vip.address6 && canonical(addressOf(vip.address6));
  return { keepalived, nginx, sync, drain, vip: addressOf(vip.address), ...(vip6 && { vip6 }) };
}

/** Where the nodes are, in the order of the configuration. */
export function hostPlaces({ nodes }: HostsCluster): [NodePlace, NodePlace] {
  const [one, other] = nodes.map(({ name, address, address6, interface: device, ssh }) => {
    const place = { name, address, interface: device, sshPort: ssh.port, hostKey: ssh.hostKey };
    return { ...place, ...(address6 && { address6: canonical(address6) }) };
  });
  if (!one || !other) throw new Error("a pair has two nodes");
  return [one, other];
}
