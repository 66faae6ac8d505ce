import { local } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { addressOf } from "../config/addresses";
import type { Cluster } from "../config/cluster";
import { renderRelease } from "../node/release";
import { nodeSettings } from "../node/settings";
import { hostMachines } from "./hosts/machines";
import type { Machine } from "./machine";
import { NodeDelivery } from "./node-delivery";
import { sshKeyPair } from "./ssh/key-pair";

export interface NginxPairArgs {
  /** The whole configuration, as `parseCluster` returns it. */
  cluster: Cluster;
  /** The key that logs in on both nodes: OpenSSH or PEM form, without a passphrase. */
  sshPrivateKey: pulumi.Input<string>;
}

/** What a stack tells about one of its nodes. */
export interface PairNode {
  name: string;
  address: string;
  zone: string;
}

/**
 * Two nodes that keep one address up: nginx on both, keepalived between them, the VIP on the MASTER.
 *
 * Both nodes are looked at before either is changed, and both have tested the release before either serves it.
 * Then the standby goes first, proves itself, and the MASTER follows.
 *
 * @example
 * const pair = new NginxPair("edge", { cluster, sshPrivateKey });
 * export const url = pair.url;
 */
export class NginxPair extends pulumi.ComponentResource {
  /** The address that clients use. */
  readonly vip: pulumi.Output<string>;
  /** `http://` and the VIP, with the port unless it is 80. */
  readonly url: pulumi.Output<string>;
  readonly nodes: pulumi.Output<PairNode[]>;

  constructor(
    name: string,
    { cluster, sshPrivateKey }: NginxPairArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("nginx-ha:index:NginxPair", name, {}, opts);
    const machines = hostMachines(cluster, sshPrivateKey);
    this.deliver(name, cluster, machines);
    this.sayWhatDestroyLeaves(name, cluster);

    const { port } = cluster.nginx;
    this.vip = pulumi.output(addressOf(cluster.vip.address));
    this.url = pulumi.interpolate`http://${this.vip}${port === 80 ? "" : `:${port}`}/`;
    this.nodes = pulumi.output(machines.map(({ name, address, zone }) => ({ name, address, zone })));
    this.registerOutputs({ vip: this.vip, url: this.url, nodes: this.nodes });
  }

  private deliver(name: string, cluster: Cluster, machines: Machine[]): void {
    const sync = sshKeyPair(`${name}-sync-key`, { parent: this });
    const [first, second] = nodeSettings(cluster).map((settings, index) => {
      const machine = machines[index];
      if (!machine) throw new Error(`no machine for node ${settings.name}`);
      return new NodeDelivery(name, machine, settings, renderRelease(settings), this);
    }) as [NodeDelivery, NodeDelivery];
    const both = [first, second];

    const looked = both.map((node) => node.preflight());
    const installed = both.map((node) => node.install(looked));
    const keyed = both.map((node, index) => node.keys(sync, installed.slice(index, index + 1)));
    const staged = both.map((node) => node.stage(keyed));
    const standby = first.activate(staged, "if-standby");
    const other = second.activate(staged, "alone", [standby]);
    first.activate(staged, "pair", [other]);
  }

  // The machines are not the stack's: `destroy` forgets them and says so, without a connection to either.
  private sayWhatDestroyLeaves(name: string, cluster: Cluster): void {
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
      { parent: this },
    );
  }
}
