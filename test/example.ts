import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { hostPair, hostPlaces } from "../components/hosts/places";
import type { AwsCluster, HostsCluster } from "../config/cluster";
import { parseCluster } from "../config/parse";
import { type NodeSettings, nodeSettings } from "../node/settings";

/** What an example stack says under `nginx-ha:cluster`, fresh for each call so that a test may change it. */
// biome-ignore lint/suspicious/noExplicitAny: tests break it on purpose
export function exampleInput(file = "Pulumi.example.yaml"): any {
  return parse(readFileSync(join(__dirname, "..", file), "utf8")).config["nginx-ha:cluster"];
}

/** What nginx serves, reduced to the article's shape. */
function plainNginx({ nginx }: ReturnType<typeof exampleInput>): void {
  const plain = new Set(["port", "pools", "routes"]);
  for (const key of Object.keys(nginx)) if (!plain.has(key)) delete nginx[key];
  nginx.pools = nginx.pools.filter((pool: { name: string }) =>
    ["backend_pool", "elsewhere"].includes(pool.name),
  );
}

type Change = (input: ReturnType<typeof exampleInput>) => void;

/** The example as the program sees it, defaults applied; nginx as plain as can be. */
export const exampleCluster = (change: Change = () => {}): HostsCluster =>
  exampleEdge((input) => {
    plainNginx(input);
    change(input);
  });

/** The example with all that nginx can do. */
export const exampleEdge = (change: Change = () => {}): HostsCluster =>
  parsed("Pulumi.example.yaml", change) as HostsCluster;

/** The example on EC2, in a VPC that is made unless `change` says otherwise. */
export const exampleAws = (change: Change = () => {}): AwsCluster =>
  parsed("Pulumi.example-aws.yaml", (input) => {
    makeVpc(input);
    change(input);
  }) as AwsCluster;

/** Turns the example on EC2 into one that takes nothing that is there already. */
export function makeVpc(input: ReturnType<typeof exampleInput>): void {
  delete input.network.vpc;
  delete input.vip.allocation;
  for (const node of input.nodes) delete node.subnet;
}

/** The settings of both nodes of the example on hosts. */
export function exampleSettings(change: Change = () => {}): [NodeSettings, NodeSettings] {
  const cluster = exampleCluster(change);
  return nodeSettings(hostPair(cluster), hostPlaces(cluster));
}

/** The settings of both nodes of the example on EC2, as they come out of an `up`. */
export function exampleAwsSettings(): [NodeSettings, NodeSettings] {
  const { drain, keepalived, nginx, sync } = exampleAws();
  const [{ servers = [] } = {}] = exampleCluster().nginx.pools;
  const pools = nginx.pools.map(({ instances: _, ...pool }) => ({
    ...pool,
    servers: pool.servers ?? servers,
  }));
  const place = (name: string, subnet: number) => ({
    name,
    address: `10.77.${subnet}.4`,
    interface: "ens5",
    sshPort: 22,
    hostKey: exampleCluster().nodes[subnet === 0 ? 0 : 1]?.ssh.hostKey ?? "",
    claim: {
      region: "eu-west-1",
      of: {
        mode: "elasticIp" as const,
        allocationId: "eipalloc-0123456789abcdef0",
        networkInterfaceId: `eni-0123456789abcdef${subnet === 0 ? 0 : 1}`,
        peerInterfaceId: `eni-0123456789abcdef${subnet === 0 ? 1 : 0}`,
        privateIp: `10.77.${subnet}.5`,
      },
    },
  });
  const places = [place("nginx-a", 0), place("nginx-b", 64)] as const;
  return nodeSettings({ drain, keepalived, nginx: { ...nginx, pools }, sync, vip: "203.0.113.10" }, places);
}

function parsed(file: string, change: Change) {
  const input = exampleInput(file);
  change(input);
  const result = parseCluster(input);
  if ("problems" in result) throw new Error(result.problems.join("\n"));
  return result.cluster;
}
