import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import type { Drain } from "../../../cli/status/node-report";
import type { SwitchoverResult } from "../../../cli/switchover/result";
import { execa } from "../../../lab/host/execa";
import { attempt, type Result } from "../../../lab/host/run";
import { waitFor } from "../../../lab/host/wait";
import { nodeNames } from "../../../lab/pair/machines";
import { machineNamespace } from "../../../lab/state/names";
import { pair } from "../pair/subject";
import type { Became } from "./clients/kind";

const clone = resolve(__dirname, "../../..");
const LAB = "test-planned-move";
const node = [
  join(clone, "node_modules/.bin/node"),
  "--require",
  join(clone, "node_modules/tsx/dist/cjs/index.cjs"),
];

/** The default of `drain.seconds`. */
const DRAIN_S = 60;
/** Connections that say nothing for the whole time. */
const IDLE = 200;
/** A transfer: 64 KB every 25 ms, 40 s long, so that it is under way while the VIP moves. */
const CHUNKS = 1600;
const EVERY_MS = 25;

/** Programs that run beside a test, in a machine's network. */
interface Beside {
  /** Resolves with the next line that it prints. */
  line(): Promise<string>;
  tell(text: string): void;
  end(): Promise<unknown>;
  kill(): Promise<unknown>;
}

async function beside(machine: string, program: string, ...argv: string[]): Promise<Beside> {
  const namespace = machineNamespace(pair.plan.id, machine);
  const command = ["netns", "exec", namespace, ...node, join(__dirname, program), ...argv];
  const child = (await execa)("ip", command, { stdin: "pipe", timeout: 1_800_000 });
  child.catch(() => {});
  child.stdin?.on("error", () => {});
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream })[Symbol.asyncIterator]();
  return {
    async line() {
      const { value, done } = await lines.next();
      if (!done) return value;
      const why = await child.then(
        ({ stderr }) => stderr,
        (error) => error.message,
      );
      throw new Error(`${program} on ${machine} ended: ${why}`);
    },
    tell: (text) => child.stdin?.write(`${text}\n`),
    end: () => {
      child.stdin?.end();
      return child.catch(() => {});
    },
    kill: () => {
      child.kill("SIGKILL");
      return child.catch(() => {});
    },
  };
}

/** Clients with connections of every kind that are established. */
export interface Clients {
  /** Ends them; what became of each. */
  end(): Promise<Record<string, Became>>;
  kill(): Promise<unknown>;
}

/** A pair with backends for long connections, and clients that have them. */
class PlannedMove {
  readonly pair = pair;
  private backend: Beside | undefined;

  async start(): Promise<void> {
    await pair.start(`${LAB}-hosts`);
    await pair.configure(["nginx"], served(pair.machine("backend-1").address));
    this.backend = await beside("backend-1", "backend.ts");
    await this.backend.line();
    await pair.mustUp();
    await pair.untilHealthy();
    // A machine of the lab may inherit it from the host; a node forwards nothing.
    for (const name of nodeNames) await pair.succeed(name, "sysctl -qw net.ipv4.conf.all.forwarding=0");
  }

  async end(): Promise<void> {
    await this.backend?.end();
    await pair.end();
  }

  async clients(): Promise<Clients> {
    const running = await beside(
      "client",
      "clients/main.ts",
      pair.vip,
      `${IDLE}`,
      `${CHUNKS}`,
      `${EVERY_MS}`,
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

  private nginxHa = (...argv: string[]): Promise<Result> =>
    attempt(
      [join(clone, "node_modules/.bin/tsx"), join(clone, "lab/operator.ts"), ...argv, "-s", "lab-hosts"],
      {
        env: { NGINX_HA_LAB: LAB, NO_COLOR: "1" },
        timeoutMs: 300_000,
      },
    );

  /** The same, once more where the nodes were too busy to answer in time: then nothing was done, nor seen. */
  async nginxHaAnswered(...argv: string[]): Promise<Result> {
    const tries = [1, 2, 3, 4, 5];
    for (const _ of tries) {
      const result = await this.nginxHa(...argv);
      const moved = /"moved": true|The VIP moved/.test(result.stdout);
      if (moved || !/does not answer|nobody is seen/.test(result.stdout)) return result;
    }
    throw new Error(`${argv.join(" ")}: a node did not answer in time, ${tries.length} times`);
  }

  async switchover(): Promise<SwitchoverResult> {
    const { exitCode, stdout, stderr } = await this.nginxHaAnswered("switchover", "--yes", "--json");
    try {
      return JSON.parse(stdout);
    } catch {
      throw new Error(`switchover: exit ${exitCode}\n${stdout}\n${stderr}`);
    }
  }

  /** Waits until a node drains, and has done so for some seconds. */
  untilDraining = (name: string, seconds = 0): Promise<unknown> =>
    waitFor(`${name} to drain for ${seconds} s`, 150_000, async () => {
      const drain = await this.drainOf(name);
      return drain?.phase === "draining" && drain.secondsLeft <= DRAIN_S - seconds && drain;
    });

  /** How many packets a node has sent on to the other one in this drain. */
  async diverted(name: string): Promise<number> {
    const { stdout } = await pair.sh(name, "nft list chain ip nginx_ha_drain forward");
    return Number(/ counter packets (\d+) .*accept/.exec(stdout)?.[1] ?? 0);
  }

  async drainOf(name: string): Promise<Drain | undefined> {
    const text = await pair.succeed(name, "cat /run/nginx-ha/drain/status.json 2>/dev/null || true");
    return text === "" ? undefined : JSON.parse(text);
  }

  /** What a node has of a drain: rules, routes, settings, the VIP on its loopback device; empty when it has nothing. */
  async traces(name: string): Promise<string> {
    const look = [
      "nft list table ip nginx_ha_drain 2>/dev/null",
      "ip -4 rule show | grep -v -e '^0:.*local' -e '^32766:' -e '^32767:'",
      "ip -4 route show table 7261 2>/dev/null",
      `ip -oneline address show dev lo | grep -F ' ${pair.vip}/'`,
      "ip -4 rule show | grep -q '^0:.*local' || echo 'no rule for the local table'",
      "grep -H -v '^0$' /proc/sys/net/ipv4/conf/all/arp_ignore /proc/sys/net/ipv4/conf/all/arp_announce",
      "cmp --silent /proc/sys/net/ipv4/conf/{all,eth0}/forwarding || echo 'eth0 forwards'",
      "grep -H '^0$' /proc/sys/net/ipv4/tcp_early_demux /proc/sys/net/netfilter/nf_conntrack_tcp_loose 2>/dev/null",
      "ls /run/nginx-ha/drain | grep -v '^last.json$'",
    ];
    return pair.succeed(name, `{ ${look.join("; ")}; true; }`);
  }
}

export const plannedMove = new PlannedMove();

const served = (backend: string) => ({
  pools: [
    { name: "long", servers: [{ address: backend, port: 8081 }] },
    { name: "backend_pool", servers: [{ address: backend, port: 80 }] },
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
