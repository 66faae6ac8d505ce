import * as pulumi from "@pulumi/pulumi";
import type { Cluster } from "./cluster";
import { configError } from "./config-error";
import { parseCluster } from "./parse";

/** Everything that a stack says. */
export interface StackConfig {
  cluster: Cluster;
  /** Platform `hosts`: the key that logs in on both nodes, OpenSSH or PEM form, without a passphrase. */
  sshPrivateKey?: pulumi.Output<string>;
  /** Platform `aws`: the key that logs in on the bastion `ssh.proxy`. */
  sshProxyPrivateKey?: pulumi.Output<string>;
}

/**
 * Reads the stack's configuration.
 * @throws pulumi.RunError with every problem at once; Pulumi shows it without a stack trace.
 */
export function readStackConfig(config = new pulumi.Config("nginx-ha")): StackConfig {
  const parsed = parseCluster(config.getObject<unknown>("cluster"));
  const keys = {
    sshPrivateKey: secretOf(config, "sshPrivateKey"),
    sshProxyPrivateKey: secretOf(config, "sshProxyPrivateKey"),
  };
  if ("problems" in parsed) throw configError(parsed.problems);
  const problems = keyProblems(parsed.cluster, keys);
  if (problems.length > 0) throw configError(problems);
  return { cluster: parsed.cluster, ...keys };
}

/** Whether a key is encrypted in the stack's file; the SDK has it, but not in its types. */
const { isConfigSecret } = require("@pulumi/pulumi/runtime/config") as {
  isConfigSecret(key: string): boolean;
};

/** A key that was given; the default in Pulumi.yaml, an empty text, is none. One in clear is refused. */
function secretOf(config: pulumi.Config, key: string): pulumi.Output<string> | undefined {
  if (isConfigSecret(`nginx-ha:${key}`)) return config.getSecret(key);
  if (!config.get(key)) return undefined;
  throw configError([
    `nginx-ha:${key}: must be a secret, and stands in clear; make another key, then run: pulumi config set --secret nginx-ha:${key} < KEYFILE`,
  ]);
}

/** Each key where it is used, and nowhere else. */
function keyProblems(cluster: Cluster, keys: Omit<StackConfig, "cluster">): string[] {
  const needed = {
    sshPrivateKey: cluster.platform === "hosts",
    sshProxyPrivateKey: cluster.platform === "aws" && cluster.ssh.proxy !== undefined,
  };
  return (["sshPrivateKey", "sshProxyPrivateKey"] as const).flatMap((key) => {
    const name = `nginx-ha:${key}`;
    const use = key === "sshPrivateKey" ? "platform hosts" : "ssh.proxy on platform aws";
    if (needed[key] && keys[key] === undefined)
      return [`${name}: is required; run: pulumi config set --secret ${name} < KEYFILE`];
    if (!needed[key] && keys[key] !== undefined)
      return [`${name}: is for ${use} only; run: pulumi config rm ${name}`];
    return [];
  });
}
