import * as ec2 from "@pulumi/aws/ec2";
import * as vpc from "@pulumi/aws/vpc";
import type * as pulumi from "@pulumi/pulumi";
import { ipv4 } from "../../config/addresses";
import { tcpPorts, udpPorts } from "../../config/nginx/ports";
import { TUNNEL_PORT } from "../../config/tunnel";
import type { Scope } from "./scope";

export interface SecurityGroups {
  nodes: pulumi.Output<string>;
  /** By the pool's name, of pools whose machines are made. */
  backends: Record<string, pulumi.Output<string>>;
}

/** One peer of one rule. */
type Peer = { cidrIpv4: string } | { referencedSecurityGroupId: pulumi.Output<string> };
/** One port, or the first and the last. */
type Ports = number | readonly [number, number];

const world = "0.0.0.0/0";

/**
 * Who may talk to whom, each rule a resource of its own; what no rule allows is dropped. VRRP needs both ways: without
 * the rule inwards it seems to work, because the BACKUP's own advert opens the way, after a false MASTER has already
 * taken the VIP (keepalived #951).
 * @param drains whether a planned move keeps established connections
 */
export function securityGroups(scope: Scope, vpcId: pulumi.Output<string>, drains: boolean): SecurityGroups {
  const { cluster, name } = scope;
  const nodes = group(scope, vpcId, "nodes", "The nodes of an nginx-ha pair");
  const rule = rules(scope, `${name}-nodes`, nodes);
  const peer: Peer = { referencedSecurityGroupId: nodes };
  const { httpFrom, sshFrom } = cluster.access;
  for (const range of httpFrom) {
    for (const port of new Set([...tcpPorts(cluster.nginx), 443]))
      rule.ingress(`http-${port}`, range, { cidrIpv4: range }, "tcp", port);
    for (const port of udpPorts(cluster.nginx))
      rule.ingress(`udp-${port}`, range, { cidrIpv4: range }, "udp", port);
  }
  for (const range of sshFrom) rule.ingress("ssh", range, { cidrIpv4: range }, "tcp", 22);
  for (const way of [rule.ingress, rule.egress]) {
    way("ssh", "peer", peer, "tcp", 22);
    way("vrrp", "peer", peer, "112");
    // By which each node's agent asks whether the other one could take over.
    way("http", "peer", peer, "tcp", cluster.nginx.port);
    // For the time of a planned move.
    if (drains) way("tunnel", "peer", peer, "udp", TUNNEL_PORT);
  }
  // Of connections that began on the other node: a group that has not seen them tracks none of their answers, and has to let
  // them out by a rule, whatever the client's port (EC2 User Guide, "Security group connection tracking").
  if (drains && cluster.vip.mode !== "overlayRoute")
    for (const range of httpFrom) rule.egress("answers", range, { cidrIpv4: range }, "tcp", [0, 65535]);
  // The EC2 API and packages; the VPC's own name and time servers need no rule (VPC User Guide, "Security groups").
  for (const port of [80, 443]) rule.egress(`out-${port}`, world, { cidrIpv4: world }, "tcp", port);
  return { nodes, backends: backends(scope, vpcId, nodes, rule) };
}

type Rules = ReturnType<typeof rules>;

/** Each pool's servers, from the nodes and for the nodes only. */
function backends(
  scope: Scope,
  vpcId: pulumi.Output<string>,
  nodes: pulumi.Output<string>,
  rule: Rules,
): SecurityGroups["backends"] {
  const made: SecurityGroups["backends"] = {};
  const told = new Set([`${world} 80`, `${world} 443`]);
  const reach = (address: string, port: number, protocol = "tcp"): void => {
    // A name's addresses may change at any time.
    const range = ipv4.safeParse(address).success ? `${address}/32` : world;
    const which = protocol === "tcp" ? `${port}` : `${protocol}-${port}`;
    if (told.has(`${range} ${which}`) || told.has(`${world} ${which}`)) return;
    told.add(`${range} ${which}`);
    rule.egress(`backend-${which}`, range, { cidrIpv4: range }, protocol, port);
  };
  for (const { servers, protocol } of scope.cluster.nginx.streams)
    for (const { address, port } of servers) reach(address, port, protocol);
  for (const { name: pool, servers = [], instances } of scope.cluster.nginx.pools) {
    for (const { address, port } of servers) reach(address, port);
    if (instances === undefined) continue;
    const backend = group(scope, vpcId, pool, `The backends of pool ${pool}`);
    rule.egress(`backend-${pool}`, "pool", { referencedSecurityGroupId: backend }, "tcp", instances.port);
    const own = rules(scope, `${scope.name}-${pool}`, backend);
    own.ingress("nodes", "nodes", { referencedSecurityGroupId: nodes }, "tcp", instances.port);
    made[pool] = backend;
  }
  return made;
}

function group(
  { name, opts, tags }: Scope,
  vpcId: pulumi.Output<string>,
  part: string,
  description: string,
): pulumi.Output<string> {
  const args = { vpcId, description, tags: tags(part) };
  return new ec2.SecurityGroup(`${name}-${part}`, args, opts).id;
}

function rules({ opts, tags, name }: Scope, prefix: string, securityGroupId: pulumi.Output<string>) {
  const argsOf = (part: string, peer: Peer, ipProtocol: string, ports?: Ports) => {
    const [fromPort, toPort] = typeof ports === "number" ? [ports, ports] : (ports ?? []);
    return {
      securityGroupId,
      ipProtocol,
      ...(ports !== undefined && { fromPort, toPort }),
      ...peer,
      tags: tags(`${prefix.slice(name.length + 1)}-${part}`),
    };
  };
  return {
    ingress(part: string, from: string, peer: Peer, protocol: string, ports?: Ports): void {
      new vpc.SecurityGroupIngressRule(
        `${prefix}-in-${part}-${from}`,
        argsOf(part, peer, protocol, ports),
        opts,
      );
    },
    egress(part: string, to: string, peer: Peer, protocol: string, ports?: Ports): void {
      new vpc.SecurityGroupEgressRule(
        `${prefix}-out-${part}-${to}`,
        argsOf(part, peer, protocol, ports),
        opts,
      );
    },
  };
}
