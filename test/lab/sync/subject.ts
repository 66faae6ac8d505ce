import type { Report } from "../../../agent/status/report";
import type { PairStatus } from "../../../cli/status/pair-status";
import type { Result } from "../../../lab/host/run";
import { healAll, partition } from "../../../lab/network/faults";
import { type NodeName, nodeNames } from "../../../lab/pair/machines";
import type { Target } from "../../../lab/probe/probe";
import { AwsSubject } from "../aws/subject";
import { pair as hosts } from "../pair/subject";

export { peerOf } from "../pair/subject";

type Path = (string | number)[];

/** What the tests of the synchronisation need of a pair, in whatever lab it lives. */
export interface SyncPair {
  vip(): string;
  /** Whether the VIP moves by an API, which only the agent asks. */
  asksApi: boolean;
  start(name: string): Promise<void>;
  end(): Promise<void>;
  sh(machine: string, script: string, options?: { timeoutMs?: number }): Promise<Result>;
  succeed(machine: string, script: string): Promise<string>;
  up(): Promise<Result & { text: string }>;
  mustUp(): Promise<string>;
  configure(path: Path, value: unknown): Promise<unknown>;
  /** Changes the stack's configuration, runs `work`, and puts it back. */
  withConfig<T>(path: Path, value: unknown, work: () => Promise<T>): Promise<T>;
  holder(): Promise<NodeName>;
  status(): Promise<PairStatus>;
  agent(name: string): Promise<Report>;
  untilHealthy(): Promise<unknown>;
  untilHeldBy(name: string): Promise<unknown>;
  power(command: "cut" | "restore", name: string): Promise<unknown>;
  pause(name: string, paused: boolean): Promise<void>;
  throughVip(): Target;
  curl(): Promise<string>;
  /** Lets nothing pass between the nodes. */
  partition(): Promise<{ undo(): Promise<void> }>;
  /** Undoes every partition, whoever left it. */
  heal(): Promise<void>;
}

/** What both labs' subjects say in the same way. */
const common = (pair: typeof hosts | AwsSubject) => ({
  vip: () => pair.vip,
  end: () => pair.end(),
  sh: (machine: string, script: string, options?: { timeoutMs?: number }) =>
    pair.sh(machine, script, options),
  succeed: (machine: string, script: string) => pair.succeed(machine, script),
  up: () => pair.up(),
  mustUp: () => pair.mustUp(),
  configure: (path: Path, value: unknown) => pair.configure(path, value),
  holder: async () => (await pair.holder()) as NodeName,
  status: () => pair.status(),
  agent: (name: string) => pair.agent(name),
  untilHealthy: () => pair.untilHealthy(),
  untilHeldBy: (name: string) => pair.untilHeldBy(name),
  power: (command: "cut" | "restore", name: string) => pair.power(command, name),
  pause: (name: string, paused: boolean) => pair.pause(name, paused),
  throughVip: () => pair.throughVip(),
  curl: () => pair.curl(),
});

const onHosts = (): SyncPair => ({
  ...common(hosts),
  asksApi: false,
  start: (name) => hosts.start(name),
  withConfig: (path, value, work) => hosts.withConfig(path, value, work),
  partition: () => partition(hosts.plan, ["nginx-a"], ["nginx-b"]),
  heal: () => healAll(hosts.plan),
});

const ADDRESS = ". /etc/nginx-ha/current/node.env; echo $ADDRESS";
const undo = "nft delete table inet test_partition 2>/dev/null || true";
const apart = (address: string): string =>
  `nft -f - <<< 'table inet test_partition {
    chain in { type filter hook input priority -30; ip saddr ${address} drop; }
    chain out { type filter hook output priority -30; ip daddr ${address} drop; }
  }'`;

/** In mode elasticIp. The VPC's wires are not the test's: the nodes themselves do not hear each other. */
function onRegion(): SyncPair {
  const aws = new AwsSubject("test-sync-aws");
  const heal = async (): Promise<void> => {
    // A machine that is off has lost it.
    for (const name of nodeNames) await aws.sh(name, undo).catch(() => undefined);
  };
  return {
    ...common(aws),
    asksApi: true,
    async start() {
      await aws.start();
      // The group opens the stack's ports; an operator's site needs the one of TLS.
      await aws.configure(["nginx", "certificates"], [{ name: "main", from: "selfSigned" }]);
      const routes = [{ path: "/", pool: "backend_pool" }];
      const tls = { certificate: "main", redirect: false };
      await aws.configure(["nginx", "sites"], [{ names: ["www.example.org"], tls, routes }]);
    },
    withConfig: (path, value, work) => aws.withConfig([[path, value]], work),
    async partition() {
      const [a, b] = [await aws.succeed("nginx-a", ADDRESS), await aws.succeed("nginx-b", ADDRESS)];
      await aws.succeed("nginx-a", apart(b));
      await aws.succeed("nginx-b", apart(a));
      return { undo: heal };
    },
    heal,
  };
}

/** The lab's pair of hosts, or, for test/lab/sync/aws.test.ts, one in its Region. */
export const pair: SyncPair = process.env.NGINX_HA_SYNC_ON === "aws" ? onRegion() : onHosts();
