import type { remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { healthName } from "../node/nginx/conf";
import type { Release } from "../node/release";
import { releaseLines } from "../node/scripts";
import type { NodeSettings } from "../node/settings";
import type { Machine } from "./machine";
import type { KeyPair } from "./ssh/key-pair";
import { remoteScript } from "./ssh/remote-script";

/** One node on its way from a bare machine to serving: the steps, each a resource; their order is the pair's. */
export class NodeDelivery {
  constructor(
    private readonly prefix: string,
    private readonly machine: Machine,
    private readonly settings: NodeSettings,
    private readonly release: Release,
    private readonly parent: pulumi.Resource,
  ) {}

  /** Looks whether the machine will do; changes nothing. RELEASE makes it look again before every change. */
  preflight(): pulumi.Resource {
    const { name, address, interface: device, vip, nginx } = this.settings;
    const variables = { NODE: name, ADDRESS: address, INTERFACE: device, VIP: vip, PORT: nginx.port };
    return this.step("preflight", { ...variables, RELEASE: this.release.id }, 30, []);
  }

  install(after: pulumi.Resource[]): pulumi.Resource {
    return this.step("install", { NODE: this.settings.name }, 600, after);
  }

  keys(sync: KeyPair, after: pulumi.Resource[]): pulumi.Resource {
    const variables = {
      NODE: this.settings.name,
      PEER: this.settings.peer.address,
      SYNC_PUBLIC_KEY: sync.publicKey,
    };
    const input = sync.privateKey.apply((key) => `${Buffer.from(key).toString("base64")}\n`);
    return this.step("keys", variables, 60, after, { input });
  }

  /** Puts the release on the node and tests it there; what the node serves does not change. */
  stage(after: pulumi.Resource[]): remote.Command {
    const variables = { NODE: this.settings.name, RELEASE: this.release.id };
    return this.step("stage", variables, 90, after, { input: releaseLines(this.release) });
  }

  /**
   * Switches to the release and proves it.
   * @param staged the stagings of both nodes. Their output is another one at every run: when one of them ran, all
   *   activations run, so that an earlier `up` that failed half-way leaves no node behind.
   * @param step `if-standby` leaves a node that is MASTER for later; `pair`, the last one, proves the election, too
   */
  activate(
    staged: remote.Command[],
    step: "if-standby" | "alone" | "pair",
    after: pulumi.Resource[] = [],
  ): pulumi.Resource {
    const variables = {
      NODE: this.settings.name,
      RELEASE: this.release.id,
      CONFIG: this.release.config,
      PORT: this.settings.nginx.port,
      HEALTH_NAME: healthName,
      STEP: step,
      STAGED: pulumi.all(staged.map(({ stdout }) => stdout)).apply((texts) => texts.join(" ")),
    };
    const name = step === "if-standby" ? "activate-if-standby" : "activate";
    return this.step("activate", variables, 120, [...staged, ...after], { name });
  }

  private step(
    script: Parameters<typeof remoteScript>[1]["script"],
    variables: Record<string, pulumi.Input<string | number>>,
    limit: number,
    dependsOn: pulumi.Resource[],
    { input, name = script }: { input?: pulumi.Input<string>; name?: string } = {},
  ): remote.Command {
    const args = { machine: this.machine, script, variables, limit, ...(input && { input }) };
    return remoteScript(`${this.prefix}-${this.machine.name}-${name}`, args, {
      parent: this.parent,
      dependsOn,
    });
  }
}
