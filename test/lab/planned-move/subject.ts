import { join } from "node:path";
import type { Drain } from "../../../cli/status/node-report";
import type { SwitchoverResult } from "../../../cli/switchover/result";
import type { Result } from "../../../lab/host/run";
import { waitFor } from "../../../lab/host/wait";
import { sentAwayLimit } from "../../../node/drain/limits";
import type { AwsSubject } from "../aws/subject";
import { type Beside, beside } from "../beside";
import { operatorOf } from "../operator/subject";
import type { Became } from "./clients/kind";

/** Of one command: two fit into a test. */
const COMMAND_MS = 300_000;
/** The default of `drain.seconds`. */
const DRAIN_S = 60;
/** Seconds of a drain after which nginx has ended what is idle, with some to spare on a busy machine. */
export const SENT_AWAY = sentAwayLimit + 1;
/** Connections that say nothing for the whole time. */
export const IDLE = 1000;
/** A transfer: 64 KB every 25 ms, for the download five of them, 40 s long, so that it is under way while the VIP moves. */
const CHUNKS = 1600;
const EVERY_MS = 25;

/** What a drain leaves as it is, each with a word where it is not. */
const ROUTING = [
  "ip -4 rule show | grep -v -e '^0:.*local' -e '^32766:' -e '^32767:'",
  "ip -4 rule show | grep -q '^0:.*local' || echo 'no rule for the local table'",
  "grep -H '^1$' /proc/sys/net/ipv{4,6}/conf/{all,$INTERFACE}/forwarding",
  "grep -H '^0$' /proc/sys/net/ipv4/tcp_early_demux",
];

/** Clients with connections of every kind that are established. */
export interface Clients {
  /** Ends them; what became of each. */
  end(): Promise<Record<string, Became>>;
  kill(): Promise<unknown>;
}

/** What is needed of a pair, in whatever lab it lives. */
export type MovingPair = Pick<
  AwsSubject,
  "sh" | "succeed" | "mustUp" | "untilHealthy" | "untilHeldBy" | "power" | "throughVip" | "vip"
> & {
  plan: { id: string };
  configure(path: string[], value: unknown): Promise<unknown>;
  holder(): Promise<string>;
  curl(): Promise<unknown>;
  /** The VIP by IPv6, where it has such an address. */
  vip6?: string;
};

/** Where a machine is, and how the others reach it. */
interface Place {
  machine: string;
  address: string;
  /** Where it answers anything. @default 8081 */
  port?: number;
}

/** A pair with backends for long connections, and clients that have them. */
export class PlannedMove<Pair extends MovingPair> {
  private backend: Beside | undefined;
  /** The machine that has the clients. */
  client = "client";

  constructor(
    readonly pair: Pair,
    private readonly lab: string,
    private readonly stack: "lab-hosts" | "lab-aws",
  ) {}

  /** Brings up a pair that was started. */
  async serve({ machine, address, port = 8081 }: Place): Promise<void> {
    const { pair } = this;
    await pair.configure(["nginx"], served(address, port));
    this.backend = await beside(pair.plan, machine, join(__dirname, "backend.ts"));
    await this.backend.line();
    await pair.mustUp();
    await pair.untilHealthy();
  }

  end = async (): Promise<unknown> => this.backend?.end();

  async clients(): Promise<Clients> {
    const running = await beside(
      this.pair.plan,
      this.client,
      join(__dirname, "clients/main.ts"),
      this.pair.vip,
      `${IDLE}`,
      `${CHUNKS}`,
      `${EVERY_MS}`,
      this.pair.vip6 ?? "",
    );
    await running.line();
    return {
      async end() {
        running.tell("end");
        return JSON.parse(await running.line());
      },
      // Connections to a node that is gone end when their own limit is over.
      kill: () => running.kill(),
    };
  }

  /** The operator's command; once more where the nodes were too busy to answer in time: then nothing was done, nor seen. */
  async nginxHaAnswered(...argv: string[]): Promise<Result> {
    const nginxHa = operatorOf(this.lab, this.stack, COMMAND_MS);
    const result = await nginxHa(...argv);
    const moved = /"moved": true|The VIP moved/.test(result.stdout);
    if (moved || !/does not answer|nobody is seen/.test(result.stdout)) return result;
    console.log(`refused: ${argv.join(" ")}\n${result.stdout}`);
    return nginxHa(...argv);
  }

  async switchover(...more: string[]): Promise<SwitchoverResult> {
    const argv = ["switchover", "--yes", "--json", ...more];
    const { exitCode, stdout, stderr } = await this.nginxHaAnswered(...argv);
    try {
      return JSON.parse(stdout);
    } catch {
      throw new Error(`switchover: exit ${exitCode}\n${stdout}\n${stderr}`);
    }
  }

  /** Waits until a node drains, and has done so for some seconds. */
  untilDraining = (name: string, seconds = 0): Promise<unknown> =>
    waitFor(`${name} to drain for ${seconds} s`, 240_000, async () => {
      const drain = await this.drainOf(name);
      return drain?.phase === "draining" && drain.secondsLeft <= DRAIN_S - seconds && drain;
    });

  /** How many packets a node has sent on to the other one in this drain, while its nginx listened. */
  async diverted(name: string, family = "ip"): Promise<number> {
    const chain = await this.pair.succeed(name, `nft list chain ${family} nginx_ha_drain arriving`);
    const packets = SENT_ON.exec(chain)?.[1];
    if (packets === undefined) throw new Error(`${name} counts nothing that it sends on:\n${chain}`);
    return Number(packets);
  }

  /** Whether a node has the rules that send packets on. */
  diverts = async (name: string, family = "ip"): Promise<boolean> =>
    SENT_ON.test((await this.pair.sh(name, `nft list chain ${family} nginx_ha_drain arriving`)).stdout);

  async drainOf(name: string): Promise<Drain | undefined> {
    const text = await this.pair.succeed(name, "cat /run/nginx-ha/drain/status.json 2>/dev/null || true");
    return text === "" ? undefined : JSON.parse(text);
  }

  /** What a node has of a drain: rules, settings, the VIP on its loopback device, the tunnel; empty when it has nothing. */
  async traces(name: string): Promise<string> {
    const look = [
      "nft list table ip nginx_ha_drain 2>/dev/null",
      "nft list table ip6 nginx_ha_drain 2>/dev/null",
      "ip -6 -oneline address show dev lo | grep -v ' ::1/128 '",
      ...ROUTING,
      `ip -oneline address show dev lo | grep -F ' ${this.pair.vip}/'`,
      "grep -H -v '^0$' /proc/sys/net/ipv4/conf/all/arp_ignore /proc/sys/net/ipv4/conf/all/arp_announce",
      "ip -oneline link show type vxlan",
      "ls /run/nginx-ha/drain | grep -v '^last.json$'",
    ];
    return this.look(name, look);
  }

  /** What a node does to other machines' packets; empty when it routes and forwards nothing. */
  routing = (name: string): Promise<string> => this.look(name, ROUTING);

  private look = (name: string, commands: readonly string[]): Promise<string> =>
    this.pair.succeed(name, `. /etc/nginx-ha/current/node.env; { ${commands.join("; ")}; true; }`);

  untilNothingIsLeft = (name: string, limitMs = 30_000): Promise<unknown> =>
    waitFor(`nothing of a drain on ${name}`, limitMs, async () => (await this.traces(name)) === "", 200);
}

const SENT_ON = / socket wildcard 1 counter packets (\d+) .*drop/;

/** The kinds of clients that met an error. */
export const cutOff = (became: Record<string, Became>): [string, Became][] =>
  Object.entries(became).filter(([, { error }]) => error !== undefined);

/** The same without those that have come back to the new node by then, and died with it. */
export const cutOffOnOld = (became: Record<string, Became>): [string, Became][] =>
  cutOff(became).filter(([kind, { cameBack }]) => !(kind === "busy" && cameBack));

const served = (backend: string, port: number) => ({
  pools: [
    { name: "long", servers: [{ address: backend, port: 8081 }] },
    { name: "backend_pool", servers: [{ address: backend, port }] },
    { name: "calls", protocol: "grpc", servers: [{ address: backend, port: 50051 }] },
  ],
  certificates: [{ name: "main", from: "selfSigned" }],
  routes: [{ path: "/", pool: "backend_pool" }],
  sites: [
    {
      names: ["www.example.org"],
      tls: { certificate: "main", redirect: false },
      maxBodySize: "100m",
      routes: [
        {
          path: "/long/",
          pool: "long",
          websocket: true,
          buffering: false,
          requestBuffering: false,
          rewrite: { regex: "^/long/(.*)$", replacement: "/$1" },
        },
        { path: "/edge.Echo/", pool: "calls" },
      ],
    },
  ],
  streams: [{ name: "raw", port: 7000, servers: [{ address: backend, port: 7002 }] }],
});
