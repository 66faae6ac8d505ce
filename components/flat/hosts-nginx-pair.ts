import * as pulumi from "@pulumi/pulumi";
import { NginxPair } from "../nginx-pair";
import { clusterOf, type RouteArgs, routesOf, type ServerArgs } from "./args";

/** A machine that is there, with Debian 12 or 13 and SSH. */
export interface HostNodeArgs {
  /** The node's name in resources, status and logs. */
  name: string;
  /** Its own IPv4 address: the source of its VRRP adverts. */
  address: string;
  /** Its own IPv6 address: with `vip6` only, and then of both nodes. */
  address6?: string;
  /** The interface that has the address and takes the VIP: eth0 unless told. */
  interface?: string;
  /** Where it stands. */
  zone?: string;
  /** Its ed25519 host key in authorized_keys form. */
  hostKey: string;
  /** Where SSH reaches it: its address unless told. */
  sshHost?: string;
  /** 22 unless told. */
  sshPort?: number;
  /** root unless told, or a user with sudo that asks for no password. */
  sshUser?: string;
}

/** Backends that requests are spread over. */
export interface HostsPoolArgs {
  /** The nginx upstream's name. */
  name: string;
  /** The backends. */
  servers: ServerArgs[];
}

/** A pair on machines that are there, flat, for programs in any language; every key is explained in Pulumi.example.yaml. */
export interface HostsNginxPairArgs {
  /** The two nodes: the first gets VRRP priority 254, the second 253. */
  nodes: HostNodeArgs[];
  /** The VIP with the prefix length of the nodes' subnet. */
  vip: string;
  /** An IPv6 address that moves with it, with the prefix length of the nodes' subnet. */
  vip6?: string;
  /** The key that logs in on both, OpenSSH or PEM form, without a passphrase. */
  sshPrivateKey: pulumi.Input<string>;
  /** Where requests go. */
  pools: HostsPoolArgs[];
  /** Which path goes to which pool: all to the first, unless told. */
  routes?: RouteArgs[];
  /** The port that nginx listens on: 80 unless told. */
  port?: number;
  /** The VRRP group, unique per L2 segment: 51 unless told. */
  virtualRouterId?: number;
}

/**
 * Two machines that keep one address up on their L2 segment; NginxPair with flat arguments.
 *
 * @example
 * new HostsNginxPair("edge", { nodes: [a, b], vip: "192.0.2.100/24", sshPrivateKey, pools: [app] });
 */
export class HostsNginxPair extends pulumi.ComponentResource {
  /** The address that clients use. */
  readonly vip: pulumi.Output<string>;
  /** `http://` and the VIP. */
  readonly url: pulumi.Output<string>;

  constructor(name: string, args: HostsNginxPairArgs, opts?: pulumi.ComponentResourceOptions) {
    const cluster = clusterOf("hosts", nested(name, args));
    super("nginx-ha:index:HostsNginxPair", name, {}, opts);
    const pair = new NginxPair(name, { cluster, sshPrivateKey: args.sshPrivateKey }, { parent: this });
    this.vip = pair.vip;
    this.url = pair.url;
    this.registerOutputs({ vip: this.vip, url: this.url });
  }
}

/** The same in the shape of a stack's configuration. */
const nested = (name: string, args: HostsNginxPairArgs): object => ({
  name,
  nodes: args.nodes.map(({ sshHost: host, sshPort: port, sshUser: user, hostKey, ...node }) => ({
    ...node,
    ssh: { host, port, user, hostKey },
  })),
  vip: { address: args.vip, address6: args.vip6 },
  keepalived: { virtualRouterId: args.virtualRouterId },
  nginx: { port: args.port, pools: args.pools, routes: routesOf(args.routes, args.pools) },
});
