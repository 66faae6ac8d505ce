import { readFile, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { parseDocument } from "yaml";
import type { Report } from "../../../agent/status/report";
import { problemsOf } from "../../../cli/status/judge";
import type { NodeReport } from "../../../cli/status/node-report";
import { holderOf } from "../../../cli/status/pair-status";
import { faults } from "../../../lab/faults/faults";
import { attempt, type Result } from "../../../lab/host/run";
import { waitFor } from "../../../lab/host/wait";
import { type ExecOptions, exec } from "../../../lab/machines/exec";
import { sshCommand } from "../../../lab/machines/keys";
import { freeze, thaw } from "../../../lab/machines/machine";
import type { Release } from "../../../lab/machines/mirror";
import { PREFIX_LENGTH6 } from "../../../lab/network/addresses";
import { type NodeName, nodeNames } from "../../../lab/pair/machines";
import { stackFile, stackName } from "../../../lab/pair/stack";
import { readStatus } from "../../../lab/pair/status";
import { onStack, type PairLab, preparePair } from "../../../lab/pair/up";
import { type Target, throughVip } from "../../../lab/probe/probe";
import { stopLab } from "../../../lab/state/lifecycle";
import { machineNamed } from "../../../lab/state/plan";

const clone = resolve(__dirname, "../../..");
const release = (process.env.NGINX_HA_RELEASE ?? "trixie") as Release;

type Steady = Pick<NodeReport, "VRRP" | "NGINX" | "CONFIG" | "ADDRESS">;

/** A pair in a lab of its own, with the words in which the tests speak of it. */
class Subject {
  /** Everything that Pulumi has printed so far. */
  transcript = "";
  /** The arguments of the processes that were seen so far. */
  arguments = "";
  private started: PairLab | undefined;
  private name = "";
  private hasIpv6 = false;

  async start(name: string): Promise<void> {
    this.name = name;
    await stopLab({ name, clone });
    this.started = await preparePair({ name, clone, release }, () => {});
  }

  end = (): Promise<void> => stopLab({ name: this.name, clone });

  get lab(): PairLab {
    if (!this.started) throw new Error("the lab was not started");
    return this.started;
  }
  get plan() {
    return this.lab.plan;
  }
  get vip(): string {
    return this.plan.subnet.vip;
  }

  /** Its IPv6 address, where it was given one. */
  get vip6(): string {
    return this.hasIpv6 ? this.plan.subnet.vip6 : "";
  }
  /** Gives the VIP an IPv6 address, and names the nodes' own. */
  async configureIpv6(): Promise<void> {
    this.hasIpv6 = true;
    await this.configure(["vip", "address6"], `${this.vip6}/${PREFIX_LENGTH6}`);
    for (const [index, name] of nodeNames.entries())
      await this.configure(["nodes", index, "address6"], this.machine(name).address6);
  }

  /** Runs `work` with a stack whose VIP has no IPv6 address, and puts its file back as it was. */
  withoutIpv6 = <T>(work: () => Promise<T>): Promise<T> =>
    nodeNames.reduce(
      (inner, _name, index) => () => this.withConfig(["nodes", index, "address6"], undefined, inner),
      () => this.withConfig(["vip", "address6"], undefined, work),
    )();

  machine = (name: string) => machineNamed(this.plan, name);

  /** Runs a shell script inside a machine. */
  sh(machine: string, script: string, options: ExecOptions = {}): Promise<Result> {
    return exec(this.plan, this.machine(machine), ["bash", "-c", script], { timeoutMs: 60_000, ...options });
  }

  async succeed(machine: string, script: string): Promise<string> {
    const { exitCode, stdout, stderr } = await this.sh(machine, script);
    if (exitCode !== 0) throw new Error(`on ${machine}: ${script}: exit ${exitCode}\n${stdout}\n${stderr}`);
    return stdout.trim();
  }

  async pulumi(...argv: string[]): Promise<Result & { text: string }> {
    const result = await this.lab.pulumi.attempt(onStack(this.plan, ...argv));
    const text = `${result.stdout}\n${result.stderr}`;
    this.transcript += text;
    return { ...result, text };
  }

  up = (...more: string[]) => this.pulumi("up", "--yes", "--skip-preview", ...more);

  async mustUp(...more: string[]): Promise<string> {
    const { exitCode, text } = await this.up(...more);
    if (exitCode !== 0) throw new Error(`pulumi up failed:\n${text}`);
    return text;
  }

  async outputs(): Promise<Record<string, unknown>> {
    const { stdout } = await this.lab.pulumi.attempt(["stack", "output", "--json", "--stack", stackName]);
    return JSON.parse(stdout);
  }

  /** Changes the stack's configuration; without a value the key goes. @returns the file as it was */
  async configure(path: (string | number)[], value: unknown): Promise<string> {
    const file = stackFile(this.plan);
    const before = await readFile(file, "utf8");
    const document = parseDocument(before);
    const at = ["config", "nginx-ha:cluster", ...path];
    if (value === undefined) document.deleteIn(at);
    else document.setIn(at, document.createNode(value));
    await writeFile(file, document.toString({ lineWidth: 0 }));
    return before;
  }

  /** Changes the stack's configuration, runs `work`, and puts the file back as it was. */
  async withConfig<T>(path: (string | number)[], value: unknown, work: () => Promise<T>): Promise<T> {
    const before = await this.configure(path, value);
    const file = stackFile(this.plan);
    try {
      return await work();
    } finally {
      await writeFile(file, before);
    }
  }

  /** Cuts a machine's power, or gives it back. */
  power = (command: "cut" | "restore", name: string): Promise<unknown> =>
    faults["node-crash"][command === "cut" ? "inject" : "undo"](this.plan, name);

  /** Stops a machine as a hypervisor does, and lets it go on. */
  pause = (name: string, paused: boolean): Promise<void> =>
    (paused ? freeze : thaw)(this.plan, this.machine(name));

  throughVip = (): Target => throughVip(this.plan);

  status = () => readStatus(this.plan);

  /** What of each node's report stays the same as long as nothing happens. A busy node leaves CONFIG empty for a moment. */
  async reports(): Promise<Record<NodeName, Steady | undefined>> {
    const steady = ({ VRRP, NGINX, CONFIG, ADDRESS }: NodeReport): Steady => ({
      VRRP,
      NGINX,
      CONFIG,
      ADDRESS,
    });
    const whole = ({ NGINX, CONFIG }: NodeReport): boolean => NGINX !== "active" || CONFIG !== "";
    const nodes = await waitFor("an answer of nginx where it runs", 30_000, async () => {
      const { nodes } = await this.status();
      return nodes.every(({ report }) => !report || whole(report)) && nodes;
    });
    return Object.fromEntries(nodes.map(({ name, report }) => [name, report && steady(report)])) as Record<
      NodeName,
      Steady | undefined
    >;
  }

  /** What each node serves, whatever number it has. */
  async configs(): Promise<Record<string, string | undefined>> {
    const reports = await this.reports();
    return Object.fromEntries(nodeNames.map((name) => [name, reports[name]?.CONFIG]));
  }

  /**
   * What is in force on each node: the release that was proved, the one that runs, the generations that are served, of the
   * configuration and of the secrets, and whether nginx and keepalived run. Not who is MASTER: a busy machine may move that.
   */
  async inForce(): Promise<string[]> {
    const look = [
      "cat /var/lib/nginx-ha/applied",
      "readlink /etc/nginx-ha/current",
      "cat /etc/nginx-ha/serving/head.json",
      "cat /etc/nginx-ha/secrets/serving/head.json 2>/dev/null",
      "systemctl is-active nginx keepalived || true",
    ].join("; ");
    return Promise.all(nodeNames.map((name) => this.succeed(name, look)));
  }

  async holder(): Promise<NodeName> {
    const holder = holderOf(await this.status());
    if (!holder) throw new Error("nobody holds the VIP");
    return holder as NodeName;
  }

  untilHealthy = (): Promise<unknown> =>
    waitFor("a healthy pair", 60_000, async () => problemsOf(await this.status()).length === 0, 100);

  untilHeldBy = (name: string): Promise<unknown> =>
    waitFor(`the VIP on ${name}`, 30_000, async () => holderOf(await this.status()) === name, 50);

  /** What a node's agent says of its node. */
  agent = async (name: string): Promise<Report> =>
    JSON.parse(await this.succeed(name, "nginx-ha status --json"));

  /** One request of the client through the VIP; the backend's answer. */
  async curl(path = "/"): Promise<string> {
    return this.succeed("client", `curl --fail --silent --show-error --max-time 5 http://${this.vip}${path}`);
  }

  /** Whether both nodes take the lab's key. */
  async sshAnswers(): Promise<boolean> {
    const tries = nodeNames.map((name) =>
      attempt([...sshCommand(this.plan, this.machine(name).address), "true"]),
    );
    return (await Promise.all(tries)).every(({ exitCode }) => exitCode === 0);
  }

  /** What is on both nodes of what we install; empty when nothing was changed. */
  async traces(): Promise<string[]> {
    const look = [
      "ls -d /etc/nginx-ha /var/lib/nginx-ha /run/nginx-ha",
      "ls -d /etc/systemd/system/nginx* /etc/systemd/system/keepalived*",
      "dpkg -l nginx keepalived | grep ^ii",
      "getent passwd nginx-ha",
      "nft list tables",
      "ip -oneline address show | grep -o ' 169[.]254[^ ]*'",
    ];
    const found = await Promise.all(
      nodeNames.map((name) => this.succeed(name, `{ ${look.join("; ")}; true; } 2>/dev/null`)),
    );
    return found.flatMap((text, index) =>
      text
        .split("\n")
        .filter(Boolean)
        .map((line) => `${nodeNames[index]}: ${line}`),
    );
  }
}

export const pair = new Subject();

export const peerOf = (name: NodeName): NodeName => (name === "nginx-a" ? "nginx-b" : "nginx-a");
