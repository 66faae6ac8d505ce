import * as pulumi from "@pulumi/pulumi";
import { NginxPair } from "../nginx-pair";
import { clusterOf, type RouteArgs, routesOf, type ServerArgs } from "./args";

/** Backends that requests are spread over: servers that are there, or machines that are made. */
export interface AwsPoolArgs {
  /** The nginx upstream's name. */
  name: string;
  /** Backends that are there. */
  servers?: ServerArgs[];
  /** Or how many machines are made, reachable from the nodes only. */
  instances?: number;
  /** Their image: Debian 13 unless told. */
  image?: string;
  /** The port on which they answer: 80 unless told. */
  port?: number;
  /** What cloud-init runs on them. */
  userData?: string;
}

/** A pair on EC2, flat, for programs in any language; every key is explained in Pulumi.example-aws.yaml. */
export interface AwsNginxPairArgs {
  /** The ranges that may log in to the nodes: where pulumi up runs, or a bastion. */
  sshFrom: string[];
  /** Where requests go. */
  pools: AwsPoolArgs[];
  /** Which path goes to which pool: all to the first, unless told. */
  routes?: RouteArgs[];
  /** The ranges that may use the VIP: everybody unless told. */
  httpFrom?: string[];
  /** The port that nginx listens on: 80 unless told. */
  port?: number;
  /** elasticIp (unless told), secondaryPrivateIp or overlayRoute. */
  vipMode?: string;
  /** The VIP in the other two modes. */
  vipAddress?: string;
  /** An Elastic IP that is there, in mode elasticIp. */
  vipAllocation?: string;
  /** Pulumi refuses to delete the Elastic IP that it made. */
  vipProtect?: boolean;
  /** The clients' route tables, in mode overlayRoute. */
  routeTables?: string[];
  /** A VPC that is there; one is made unless told. */
  vpc?: string;
  /** With it the subnet of each node. */
  subnets?: string[];
  /** Accept both nodes in one zone. */
  oneZone?: boolean;
  /** People depend on it: what would be careless is an error. */
  production?: boolean;
  /** The nodes' instance type: t3.small unless told. */
  instanceType?: string;
  /** Their image: Debian 13 unless told. */
  image?: string;
  /** On everything that is made. */
  tags?: { [name: string]: string };
}

/**
 * Two EC2 instances that keep one address up; NginxPair with flat arguments.
 *
 * @example
 * new AwsNginxPair("edge", { sshFrom: ["192.0.2.0/24"], pools: [{ name: "app", servers: [{ address: "10.0.0.5" }] }] });
 */
export class AwsNginxPair extends pulumi.ComponentResource {
  /** The address that clients use. */
  readonly vip: pulumi.Output<string>;
  /** `http://` and the VIP. */
  readonly url: pulumi.Output<string>;

  constructor(name: string, args: AwsNginxPairArgs, opts?: pulumi.ComponentResourceOptions) {
    const cluster = clusterOf("aws", nested(name, args));
    super("nginx-ha:index:AwsNginxPair", name, {}, opts);
    const pair = new NginxPair(name, { cluster }, { parent: this });
    this.vip = pair.vip;
    this.url = pair.url;
    this.registerOutputs({ vip: this.vip, url: this.url });
  }
}

/** The same in the shape of a stack's configuration. */
function nested(name: string, args: AwsNginxPairArgs): object {
  const { vipMode: mode = "elasticIp", vipAddress: address, vipAllocation: allocation } = args;
  const vips: Record<string, object> = {
    elasticIp: { allocation, protect: args.vipProtect },
    secondaryPrivateIp: { address },
    overlayRoute: { address, routeTables: args.routeTables },
  };
  const nodes = args.subnets?.map((subnet, index) => ({ name: `nginx-${"ab"[index]}`, subnet }));
  return {
    name,
    production: args.production,
    nodes,
    vip: { mode, ...vips[mode] },
    network: { vpc: args.vpc, oneZone: args.oneZone },
    access: { sshFrom: args.sshFrom, httpFrom: args.httpFrom },
    instances: { type: args.instanceType, image: args.image },
    tags: args.tags,
    nginx: {
      port: args.port,
      pools: args.pools.map(({ name: pool, servers, instances: count, image, port, userData }) => ({
        name: pool,
        servers,
        instances: count === undefined ? undefined : { count, image, port, userData },
      })),
      routes: routesOf(args.routes, args.pools),
    },
  };
}
