import { readFile, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { parseDocument } from "yaml";
import type { Report } from "../../../agent/status/report";
import type { StackSource } from "../../../cli/inventory";
import { problemsOf } from "../../../cli/status/judge";
import { holderOf } from "../../../cli/status/pair-status";
import { instancesOf, type NamedInstance, operatorOf } from "../../../lab/aws/instances";
import { stackFile, stackName } from "../../../lab/aws/stack";
import { execInAws, powerInAws, readStatus } from "../../../lab/aws/status";
import { type AwsLab, prepareAws } from "../../../lab/aws/up";
import type { Answer, AwsClient, Parameters } from "../../../lab/ec2/client";
import type { Faults } from "../../../lab/ec2/faults";
import type { NetworkInterface, Region } from "../../../lab/ec2/model/state";
import { control } from "../../../lab/ec2/region/control";
import { stopRegion } from "../../../lab/ec2/region/lifecycle";
import { files } from "../../../lab/ec2/region/plan";
import { freezeCgroup } from "../../../lab/host/cgroups";
import type { Result } from "../../../lab/host/run";
import { waitFor } from "../../../lab/host/wait";
import type { ExecOptions } from "../../../lab/machines/exec";
import { groupOf } from "../../../lab/machines/machine";
import type { Release } from "../../../lab/machines/mirror";
import { ask } from "../../../lab/probe/ask";
import type { Target } from "../../../lab/probe/probe";
import { machineNamespace } from "../../../lab/state/names";

const clone = resolve(__dirname, "../../..");
const release = (process.env.NGINX_HA_RELEASE ?? "trixie") as Release;

type Path = (string | number)[];

/** A pair in a Region of its own, with the words in which the tests speak of it. */
export class AwsSubject {
  private started: AwsLab | undefined;
  private address = "-";
  /** Who asks the VIP: `client`, or an instance's id. */
  client = "client";

  /** @param from a stack of the project whose configuration the pair gets; the lab's own unless told */
  constructor(
    private readonly name: string,
    private readonly made: { region?: string; from?: string } = {},
  ) {}

  async start(): Promise<void> {
    await this.end();
    const { region = "lab-1", from } = this.made;
    this.started = await prepareAws({ name: this.name, clone, region, release }, () => {}, from);
  }

  end = (): Promise<void> => stopRegion({ name: this.name, clone });

  get lab(): AwsLab {
    if (!this.started) throw new Error("the Region was not started");
    return this.started;
  }
  get plan() {
    return this.lab.plan;
  }
  /** As the last `up` said. */
  get vip(): string {
    return this.address;
  }

  /** Where the command line finds the stack. */
  get source(): StackSource {
    return { stack: stackName, configFile: stackFile(this.plan), env: this.lab.pulumi.env };
  }

  /** Encrypts a value into the stack's configuration. */
  async setSecret(key: string, value: string): Promise<void> {
    const file = ["--stack", stackName, "--config-file", stackFile(this.plan)];
    await this.lab.pulumi.quietly(["config", "set", "--secret", key, ...file], { stdin: value });
  }

  pulumi = (...argv: string[]) => this.pulumiAs({}, ...argv);

  /** With an environment on top of the lab's. */
  async pulumiAs(env: Record<string, string>, ...argv: string[]): Promise<Result & { text: string }> {
    const all = [...argv, "--stack", stackName, "--config-file", stackFile(this.plan)];
    const result = await this.lab.pulumi.attempt(all, { env });
    return { ...result, text: `${result.stdout}\n${result.stderr}` };
  }

  /** A command on another stack of the project with the same configuration. */
  async onAnotherStack(stack: string, ...argv: string[]): Promise<Result & { text: string }> {
    await this.lab.pulumi.attempt(["-C", this.plan.directory, "stack", "init", stack]);
    const all = [...argv, "--stack", stack, "--config-file", stackFile(this.plan)];
    const result = await this.lab.pulumi.attempt(all);
    return { ...result, text: `${result.stdout}\n${result.stderr}` };
  }

  async up(...more: string[]): Promise<Result & { text: string }> {
    const done = await this.pulumi("up", "--yes", "--skip-preview", ...more);
    const { stdout } = await this.lab.pulumi.attempt(["stack", "output", "vip", "--stack", stackName]);
    this.address = stdout.trim() || this.address;
    return done;
  }

  async mustUp(...more: string[]): Promise<string> {
    const { exitCode, text } = await this.up(...more);
    if (exitCode !== 0) throw new Error(`pulumi up failed:\n${text}`);
    return text;
  }

  /** A refresh finds what the nodes did; a preview after it must not want to undo it. */
  async mustBeUnchanged(): Promise<void> {
    for (const argv of [
      ["refresh", "--yes", "--skip-preview"],
      ["preview", "--expect-no-changes"],
    ]) {
      const { exitCode, text } = await this.pulumi(...argv);
      if (exitCode !== 0) throw new Error(`pulumi ${argv.join(" ")}:\n${text}`);
    }
  }

  async destroy(): Promise<void> {
    const { exitCode, text } = await this.pulumi("destroy", "--yes", "--skip-preview");
    if (exitCode !== 0) throw new Error(`pulumi destroy failed:\n${text}`);
  }

  async outputs(): Promise<Record<string, unknown>> {
    const { stdout } = await this.lab.pulumi.attempt(["stack", "output", "--json", "--stack", stackName]);
    return JSON.parse(stdout);
  }

  /** Changes the stack's configuration for good; `undefined` takes a key out. */
  async configure(path: Path, value: unknown): Promise<void> {
    const file = stackFile(this.plan);
    const document = parseDocument(await readFile(file, "utf8"));
    const at = ["config", "nginx-ha:cluster", ...path];
    if (value === undefined) document.deleteIn(at);
    else document.setIn(at, document.createNode(value));
    await writeFile(file, document.toString({ lineWidth: 0 }));
  }

  /** Changes the stack's configuration, runs `work`, and puts the file back as it was. */
  async withConfig<T>(changes: [Path, unknown][], work: () => Promise<T>): Promise<T> {
    const file = stackFile(this.plan);
    const before = await readFile(file, "utf8");
    try {
      for (const [path, value] of changes) await this.configure(path, value);
      return await work();
    } finally {
      await writeFile(file, before);
    }
  }

  /** A call of the Region's API, as its operator. */
  ec2 = (action: string, parameters: Parameters = {}): Promise<Answer> =>
    this.operate((aws) => aws.ec2(action, parameters));

  /** Does something with the Region's API, as its operator. */
  async operate<T>(work: (aws: AwsClient) => Promise<T>): Promise<T> {
    const aws = await operatorOf(this.plan);
    return work(aws).finally(() => aws.close());
  }

  /** The Region's whole model, as it was saved last. */
  model = async (): Promise<Region> => JSON.parse(await readFile(files(this.plan.directory).model, "utf8"));

  async instance(name: string): Promise<NamedInstance> {
    const found = (await instancesOf(this.plan)).find((one) => one.name === name);
    if (!found) throw new Error(`there is no instance ${name}`);
    return found;
  }

  /** The network interface of a node. */
  async interfaceOf(name: string): Promise<Partial<NetworkInterface>> {
    const { id } = await this.instance(name);
    const { interfaces } = await this.model();
    return Object.values(interfaces).find(({ attachment }) => attachment?.instanceId === id) ?? {};
  }

  /** Tells the Region's process to cut an instance's power, or to give it back. */
  power = (command: "cut" | "restore", name: string): Promise<unknown> =>
    powerInAws(this.plan, command, name);

  /** Stops an instance as a hypervisor does, and lets it go on. */
  pause = async (name: string, paused: boolean): Promise<void> =>
    freezeCgroup(await groupOf(this.plan, { name: (await this.instance(name)).id }), paused);

  /** What goes wrong in the Region from now on; nothing when nothing is given. */
  faults = (faults: Partial<Faults> = {}): Promise<unknown> =>
    control(files(this.plan.directory).socket, "faults", faults);

  /** What a node's agent says of its node. */
  agent = async (name: string): Promise<Report> =>
    JSON.parse(await this.succeed(name, "nginx-ha status --json"));

  /** Runs a shell script inside a machine as root. */
  sh = (machine: string, script: string, options: ExecOptions = {}): Promise<Result> =>
    execInAws(this.plan, machine, ["bash", "-c", script], { timeoutMs: 60_000, ...options });

  async succeed(machine: string, script: string): Promise<string> {
    const { exitCode, stdout, stderr } = await this.sh(machine, script);
    if (exitCode !== 0) throw new Error(`on ${machine}: ${script}: exit ${exitCode}\n${stdout}\n${stderr}`);
    return stdout.trim();
  }

  status = () => readStatus(this.plan, this.vip);
  holder = async (): Promise<string> => holderOf(await this.status()) ?? "nobody";

  untilHealthy = (): Promise<unknown> =>
    waitFor("a healthy pair", 120_000, async () => problemsOf(await this.status()).length === 0, 200);
  untilHeldBy = (name: string): Promise<unknown> =>
    waitFor(`the VIP on ${name}`, 90_000, async () => (await this.holder()) === name, 100);

  /** From the client to the VIP: the one on the Internet's side, or an instance inside of the VPC. */
  throughVip = (): Target => ({ namespace: machineNamespace(this.plan.id, this.client), address: this.vip });

  /** Until a backend answers the client through the VIP. */
  untilAnswered = (): Promise<unknown> =>
    waitFor(
      "an answer through the VIP",
      180_000,
      async () => (await ask(this.throughVip())).includes('"backend"'),
      200,
    );

  /** One request of the client; the answer, or why there is none. */
  async curl(url = `http://${this.vip}/`, from = "client"): Promise<string> {
    const script = `curl --silent --show-error --fail --max-time 3 '${url}' 2>&1 || true`;
    return this.succeed(from, script);
  }
}

export const peerOf = (name: string): string => (name === "nginx-a" ? "nginx-b" : "nginx-a");
