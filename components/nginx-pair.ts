import * as pulumi from "@pulumi/pulumi";
import type { Cluster } from "../config/cluster";
import { type Inventory, inventory } from "../config/inventory";
import { noSecrets, type ServedSecrets } from "../config/secrets";
import { hasSecrets } from "../node/nginx/secrets";
import { nodeSettings } from "../node/settings";
import { awsPlatform } from "./aws/platform";
import { hostsPlatform } from "./hosts/platform";
import type { Machine } from "./machine";
import { NodeDelivery } from "./node-delivery";
import type { Platform } from "./platform";
import { selfSigned } from "./self-signed";
import { type KeyPair, sshKeyPair } from "./ssh/key-pair";

export interface NginxPairArgs {
  /** The whole configuration, as `parseCluster` returns it. */
  cluster: Cluster;
  /** Platform `hosts`: the key that logs in on both nodes, OpenSSH or PEM form, without a passphrase. */
  sshPrivateKey?: pulumi.Input<string>;
  /** Platform `aws`: the key that logs in on the bastion `ssh.proxy`. */
  sshProxyPrivateKey?: pulumi.Input<string>;
  /** Certificates and passwords of nginx, by the names that `cluster.nginx` gives them. */
  secrets?: pulumi.Input<ServedSecrets>;
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
 * Both nodes have tested the release before either, if it served before, serves it. Then the standby goes first,
 * proves itself, and the MASTER follows; at last the MASTER publishes certificates, then what nginx serves, for both.
 * Machines that are there already are both looked at before either is changed; of machines that are made, the second is
 * made or replaced only when the first has proved itself.
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
  /** How an operator reaches the nodes: addresses, pinned host keys, login keys. Secret. */
  readonly inventory: pulumi.Output<Inventory>;

  constructor(name: string, args: NginxPairArgs, opts?: pulumi.ComponentResourceOptions) {
    super("nginx-ha:index:NginxPair", name, {}, opts);
    const platform = this.platform(name, args);
    const machines = this.deliver(name, platform, this.secrets(name, args));

    const { port } = args.cluster.nginx;
    this.vip = platform.vip;
    this.url = pulumi.interpolate`http://${this.vip}${port === 80 ? "" : `:${port}`}/`;
    this.nodes = pulumi.output(machines.map(({ name, address, zone }) => ({ name, address, zone })));
    this.inventory = inventoryOf(args.cluster, this.vip, machines);
    const { vip, url, nodes, inventory } = this;
    this.registerOutputs({ vip, url, nodes, inventory });
  }

  private platform(name: string, { cluster, sshPrivateKey, sshProxyPrivateKey }: NginxPairArgs): Platform {
    if (cluster.platform === "aws") return awsPlatform(name, cluster, sshProxyPrivateKey, this);
    if (sshPrivateKey === undefined) throw new pulumi.RunError("platform hosts needs sshPrivateKey");
    return hostsPlatform(name, cluster, sshPrivateKey, this);
  }

  /** What is given, and what the stack makes itself; nothing when nginx needs neither. */
  private secrets(name: string, { cluster, secrets }: NginxPairArgs): Secrets {
    if (!hasSecrets(cluster.nginx)) return undefined;
    const made = selfSigned(name, cluster.nginx, { parent: this });
    return pulumi
      .all([secrets ?? noSecrets, made])
      .apply(([given, own]) => ({ ...given, certificates: { ...given.certificates, ...own } }));
  }

  private deliver(name: string, platform: Platform, secrets: Secrets): [Machine, Machine] {
    const sync = sshKeyPair(`${name}-sync-key`, { parent: this });
    const settings = pulumi
      .all([platform.pair, platform.places])
      .apply(([pair, places]) => nodeSettings(pair, places));
    const of = (machine: Machine, index: 0 | 1): NodeDelivery =>
      new NodeDelivery(
        name,
        machine,
        settings.apply((both) => both[index]),
        this,
      );

    const first = of(platform.first, 0);
    const [second, staged] =
      platform.machines === "exist"
        ? stageTogether(first, of(platform.second([]), 1), sync, secrets)
        : stageInTurn(first, (proof) => of(platform.second(proof), 1), sync, secrets);
    const standby = first.activate(staged, "if-standby");
    const other = second.activate(staged, "alone", [standby]);
    const elected = first.activate(staged, "pair", [other]);
    for (const node of [first, second]) node.publish(secrets, staged, [elected]);
    return [first.machine, second.machine];
  }
}

/** What SSH needs of a connection; how often to dial is Pulumi's affair. */
const inventoryOf = (
  { name, production, nginx }: Cluster,
  vip: pulumi.Output<string>,
  machines: Machine[],
): pulumi.Output<Inventory> =>
  pulumi.secret(
    pulumi
      .all([vip, machines.map(({ name, zone, connection }) => ({ name, zone, ssh: connection }))])
      .apply(([vip, nodes]) => inventory.parse({ name, vip, port: nginx.port, production, nodes })),
  );

type Secrets = pulumi.Output<ServedSecrets> | undefined;
type Staged = [NodeDelivery, ReturnType<NodeDelivery["stage"]>[]];

/** Both machines are there: each step on both before the next one on either. */
function stageTogether(first: NodeDelivery, second: NodeDelivery, sync: KeyPair, secrets: Secrets): Staged {
  const both = [first, second];
  const looked = both.map((node) => node.preflight([]));
  const installed = both.map((node) => node.install(looked));
  const keyed = both.map((node, index) => node.keys(sync, installed.slice(index, index + 1)));
  const certified = both.flatMap((node) => node.certificates(secrets, keyed));
  return [second, both.map((node) => node.stage(certified))];
}

/** The second machine is made, or replaced, when the first one serves or could. */
function stageInTurn(
  first: NodeDelivery,
  makeSecond: (proof: pulumi.Resource[]) => NodeDelivery,
  sync: KeyPair,
  secrets: Secrets,
): Staged {
  const stage = (node: NodeDelivery) => {
    const keyed = node.keys(sync, [node.install([node.preflight([node.ready()])])]);
    return node.stage(node.certificates(secrets, [keyed]));
  };
  const one = stage(first);
  const second = makeSecond([first.activate([one], "unless-serving")]);
  return [second, [one, stage(second)]];
}
