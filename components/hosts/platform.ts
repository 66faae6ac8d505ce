import { local } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { addressOf } from "../../config/addresses";
import type { HostsCluster } from "../../config/cluster";
import type { Machine } from "../machine";
import type { Platform } from "../platform";
import { hostMachines } from "./machines";
import { hostPair, hostPlaces } from "./places";

/** Platform `hosts`: nothing is made but what is on the machines. */
export function hostsPlatform(
  name: string,
  cluster: HostsCluster,
  privateKey: pulumi.Input<string>,
  parent: pulumi.Resource,
): Platform {
  const [first, second] = hostMachines(cluster, privateKey) as [Machine, Machine];
  sayWhatDestroyLeaves(name, cluster, parent);
  return {
    vip: pulumi.output(addressOf(cluster.vip.address)),
    pair: pulumi.output(hostPair(cluster)),
    places: pulumi.output(hostPlaces(cluster)) as unknown as Platform["places"],
    machines: "exist",
    first,
    second: () => second,
  };
}

// The machines are not the stack's: `destroy` forgets them and says so, without a connection to either.
function sayWhatDestroyLeaves(name: string, cluster: HostsCluster, parent: pulumi.Resource): void {
  const nodes = cluster.nodes.map((node) => node.name);
  const purge = nodes
    .map((node) => `npm run nginx-ha -- purge ${node} --stack ${pulumi.getStack()}`)
    .join("; ");
  new local.Command(
    `${name}-hosts-stay`,
    {
      create: "true",
      delete: `echo '${nodes.join(" and ")} still serve ${addressOf(cluster.vip.address)}: destroy leaves your hosts as they are. This takes everything off: ${purge}'`,
      addPreviousOutputInEnv: false,
    },
    { parent },
  );
}
