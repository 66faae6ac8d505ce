import type { remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { tcpPorts } from "../config/nginx/ports";
import type { ServedSecrets } from "../config/secrets";
import { healthName } from "../node/nginx/health-name";
import { secretLines } from "../node/nginx/secrets";
import { packages, renderRelease } from "../node/release";
import { releaseLines } from "../node/scripts";
import type { NodeSettings, ServedNginx } from "../node/settings";
import type { Machine } from "./machine";
import type { KeyPair } from "./ssh/key-pair";
import { remoteScript } from "./ssh/remote-script";

type Variables = Record<string, pulumi.Input<string | number>>;

/** When an activation leaves the node alone, and what it proves; see node/scripts/activate.sh. */
type ActivationStep = "unless-serving" | "if-standby" | "alone" | "pair";

/** One node on its way from a bare machine to serving: the steps, each a resource; their order is the pair's. */
export class NodeDelivery {
  private readonly release: pulumi.Output<ReturnType<typeof renderRelease>>;

  constructor(
    private readonly prefix: string,
    readonly machine: Machine,
    private readonly settings: pulumi.Output<NodeSettings>,
    private readonly parent: pulumi.Resource,
  ) {
    this.release = settings.apply(renderRelease);
  }

  /** Waits until a machine that was just made takes commands and has done what its user data says. */
  ready(): pulumi.Resource {
    return this.step("ready", {}, 600, []);
  }

  /** Looks whether the machine will do; changes nothing. RELEASE makes it look again before every change. */
  preflight(after: pulumi.Resource[]): pulumi.Resource {
    const variables = {
      ADDRESS: this.setting(({ address }) => address),
      INTERFACE: this.setting((settings) => settings.interface),
      VIP: this.machine.resource ? "" : this.setting(({ vip }) => vip),
      PORT: this.setting(({ nginx }) => nginx.port),
      MORE_PORTS: this.setting(({ nginx }) => tcpPorts(nginx).slice(1).join(" ")),
      RELEASE: this.release.id,
    };
    return this.step("preflight", variables, 30, after);
  }

  install(after: pulumi.Resource[]): pulumi.Resource {
    return this.step("install", { PACKAGES: this.setting(packages) }, 600, after);
  }

  keys(sync: KeyPair, after: pulumi.Resource[]): pulumi.Resource {
    const variables = { PEER: this.setting(({ peer }) => peer.address), SYNC_PUBLIC_KEY: sync.publicKey };
    const input = sync.privateKey.apply((key) => `${Buffer.from(key).toString("base64")}\n`);
    return this.step("keys", variables, 60, after, { input });
  }

  /** Certificates and passwords, which the test of the release reads; none when nginx needs none. */
  certificates(
    secrets: pulumi.Output<ServedSecrets> | undefined,
    after: pulumi.Resource[],
  ): pulumi.Resource[] {
    if (secrets === undefined) return after;
    const input = pulumi
      .all([this.settings, secrets])
      .apply(([{ nginx }, all]) => secretLines(nginx as ServedNginx, all));
    return [this.step("certificates", {}, 60, after, { input: pulumi.secret(input) })];
  }

  /** Puts the release on the node and tests it there; what the node serves does not change. */
  stage(after: pulumi.Resource[]): remote.Command {
    return this.step("stage", { RELEASE: this.release.id }, 90, after, {
      input: this.release.apply(releaseLines),
    });
  }

  /**
   * Switches to the release and proves it.
   * @param staged the stagings that must be done. Their output is another one at every run: when one of them ran, all
   *   activations run, so that an earlier `up` that failed half-way leaves no node behind.
   * @param step `unless-serving` leaves a node that serves something for later, `if-standby` one that is MASTER;
   *   `pair`, the last one, proves the election, too
   */
  activate(staged: remote.Command[], step: ActivationStep, after: pulumi.Resource[] = []): pulumi.Resource {
    const variables = {
      RELEASE: this.release.id,
      CONFIG: this.release.config,
      INTERFACE: this.setting((settings) => settings.interface),
      PORT: this.setting(({ nginx }) => nginx.port),
      HEALTH_NAME: healthName,
      STEP: step,
      STAGED: pulumi.all(staged.map(({ stdout }) => stdout)).apply((texts) => texts.join(" ")),
    };
    const name = step === "alone" || step === "pair" ? "activate" : `activate-${step}`;
    return this.step("activate", variables, 120, [...staged, ...after], { name });
  }

  private setting<T>(of: (settings: NodeSettings) => T): pulumi.Output<T> {
    return this.settings.apply(of) as pulumi.Output<T>;
  }

  private step(
    script: Parameters<typeof remoteScript>[1]["script"],
    variables: Variables,
    limit: number,
    dependsOn: pulumi.Resource[],
    { input, name = script }: { input?: pulumi.Input<string>; name?: string } = {},
  ): remote.Command {
    const all = { NODE: this.machine.name, ...variables };
    const args = { machine: this.machine, script, variables: all, limit, ...(input && { input }) };
    return remoteScript(`${this.prefix}-${this.machine.name}-${name}`, args, {
      parent: this.parent,
      dependsOn,
      // Dialling a machine that boots: until it answers, but not for ever.
      ...(script === "ready" && { customTimeouts: { create: "10m", update: "10m" } }),
    });
  }
}
