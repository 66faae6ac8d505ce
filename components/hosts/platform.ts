import { local } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { addressOf } from "../../config/addresses";
import type { HostsCluster } from "../../config/cluster";
import type { Machine } from "../machine";
import type { Platform } from "../platform";
import { hostMachines } from "./machines";

/** Platform `hosts`: nothing is made but what is on the machines. */
export function hostsPlatform(
  name: string,
  cluster: HostsCluster,
  privateKey: pulumi.Input<string>,
  parent: pulumi.Resource,
): Platform {
  const [first, second] = hostMachines(cluster, privateKey) as [Machine, Machine];
  const { keepalived, nginx, sync, drain } = cluster;
  const vip = addressOf(cluster.vip.address);
  sayWhatDestroyLeaves(name, cluster, parent);
  const [one, other] = cluster.nodes.map(({ name, address, interface: device, ssh }) => {
    return { name, address, interface: device, sshPort: ssh.port, hostKey: ssh.hostKey };
  });
  if (!one || !other) throw new Error("a pair has two nodes");
  return {
    vip: pulumi.output(vip),
    pair: pulumi.output({ keepalived, nginx, sync, drain, vip }),
    places: pulumi.output([one, other]) as unknown as Platform["places"],
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
