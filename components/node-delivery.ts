import type { remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { tcpPorts } from "../config/nginx/ports";
import type { ServedSecrets } from "../config/secrets";
import { handoverLimit } from "../node/drain/limits";
import { healthName } from "../node/nginx/health-name";
import { certificatesHash, secretLines } from "../node/nginx/secrets";
import { packages, renderRelease } from "../node/release";
import { releaseLines } from "../node/scripts";
import type { NodeSettings, ServedNginx } from "../node/settings";
import type { Machine } from "./machine";
import type { KeyPair } from "./ssh/key-pair";
import { untilReached } from "./ssh/reach";
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
    const { machine, prefix, parent } = this;
    const reached = machine.proxied
      ? [untilReached(`${prefix}-${machine.name}-reach`, machine, { parent })]
      : [];
    return this.step("ready", {}, 600, reached);
  }

  /** Looks whether the machine will do; changes nothing. RELEASE makes it look again before every change. */
  preflight(after: pulumi.Resource[]): pulumi.Resource {
    const variables = {
      ADDRESS: this.setting(({ address }) => address),
      INTERFACE: this.setting((settings) => settings.interface),
      ADDRESS6: this.setting(({ address6 = "" }) => address6),
      VIP6: this.setting(({ vip6 = "" }) => vip6),
      VIP: this.machine.resource ? "" : this.setting(({ vip }) => vip),
      PORT: this.setting(({ nginx }) => nginx.port),
      HTTP3: this.setting(({ nginx }) => (nginx.tls.http3 ? "yes" : "no")),
      MORE_PORTS: this.setting(({ nginx }) => tcpPorts(nginx).slice(1).join(" ")),
      RELEASE: this.release.id,
      CONTENT: this.release.content.hash,
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

  /**
   * Certificates, staged to be published, and passwords; the test of what nginx is to serve reads both. No step when nginx
   * needs neither.
   */
  certificates(
    secrets: pulumi.Output<ServedSecrets> | undefined,
    after: pulumi.Resource[],
  ): pulumi.Resource[] {
    if (secrets === undefined) return after;
    const input = this.secretly(secrets, secretLines);
    return [this.step("certificates", { SECRETS: this.secretsOf(secrets) }, 60, after, { input })];
  }
  private secretsOf(secrets: pulumi.Output<ServedSecrets> | undefined): pulumi.Input<string> {
    return secrets === undefined ? "" : this.secretly(secrets, certificatesHash);
  }
  private secretly(
    secrets: pulumi.Output<ServedSecrets>,
    of: (nginx: ServedNginx, secrets: ServedSecrets) => string,
  ): pulumi.Output<string> {
    const both = pulumi.all([this.settings, secrets]);
    return pulumi.secret(both.apply(([{ nginx }, all]) => of(nginx as ServedNginx, all)));
  }

  /** Puts the release on the node and tests it there; what the node serves does not change. */
  stage(after: pulumi.Resource[]): remote.Command {
    const variables = { RELEASE: this.release.id, CONTENT: this.release.content.hash };
    return this.step("stage", variables, 90, after, {
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
      CONTENT: this.release.content.hash,
      INTERFACE: this.setting((settings) => settings.interface),
      HEALTH_NAME: healthName,
      STEP: step,
      STAGED: outputsOf(staged),
    };
    const name = step === "alone" || step === "pair" ? "activate" : `activate-${step}`;
    // A restart of nginx or keepalived waits for the node's own handover.
    const limit = this.setting(({ drain }) => 120 + handoverLimit(drain?.seconds ?? 0));
    return this.step("activate", variables, limit, [...staged, ...after], { name });
  }

  /**
   * Has the certificates and the stack's part of what nginx serves published: the node that is MASTER does it, the other
   * one waits for it. To be asked of both nodes.
   */
  publish(
    secrets: pulumi.Output<ServedSecrets> | undefined,
    staged: remote.Command[],
    after: pulumi.Resource[],
  ): pulumi.Resource {
    const variables = {
      SECRETS: this.secretsOf(secrets),
      CONTENT: this.release.content.hash,
      ACCEPT: this.setting(({ acceptOverride }) => acceptOverride),
      STAGED: outputsOf(staged),
    };
    return this.step("publish", variables, 260, [...staged, ...after]);
  }

  private setting<T>(of: (settings: NodeSettings) => T): pulumi.Output<T> {
    return this.settings.apply(of) as pulumi.Output<T>;
  }

  private step(
    script: Parameters<typeof remoteScript>[1]["script"],
    variables: Variables,
    limit: pulumi.Input<number>,
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

/** Another text whenever one of them ran. */
const outputsOf = (commands: remote.Command[]): pulumi.Output<string> =>
  pulumi.all(commands.map(({ stdout }) => stdout)).apply((texts) => texts.join(" "));
