import * as pulumi from "@pulumi/pulumi";
import type { Cluster } from "./cluster";
import { configError } from "./config-error";
import { parseCluster } from "./parse";
import { resolveReferences } from "./references";
import { parseSecrets, type ServedSecrets } from "./secrets";
import { withShared } from "./shared";

/** Everything that a stack says. */
export interface StackConfig {
  cluster: Cluster;
  /** Platform `hosts`: the key that logs in on both nodes, OpenSSH or PEM form, without a passphrase. */
  sshPrivateKey?: pulumi.Output<string>;
  /** Platform `aws`: the key that logs in on the bastion `ssh.proxy`. */
  sshProxyPrivateKey?: pulumi.Output<string>;
  /** Certificates and passwords of nginx. */
  secrets: pulumi.Output<ServedSecrets>;
}

/**
 * Reads the stack's configuration, with what it shares with other stacks and what it takes from their outputs.
 * @throws pulumi.RunError with every problem at once; Pulumi shows it without a stack trace.
 */
export async function readStackConfig(config = new pulumi.Config("nginx-ha")): Promise<StackConfig> {
  const merged = withShared(config.getObject<unknown>("cluster"), config.get("shared"));
  if ("problem" in merged) throw configError([merged.problem]);
  const found = await resolveReferences(merged.cluster, config.getObject("stacks"));
  if (found.problems.length > 0) throw configError(found.problems);
  const parsed = parseCluster(found.cluster);
  const keys = {
    sshPrivateKey: secretOf(config, "sshPrivateKey"),
    sshProxyPrivateKey: secretOf(config, "sshProxyPrivateKey"),
  };
  if ("problems" in parsed) throw configError(parsed.problems);
  const served = parseSecrets(parsed.cluster.nginx, {
    certificates: await secretObject(config, "certificates"),
    passwords: await secretObject(config, "passwords"),
  });
  const problems = [
    ...keyProblems(parsed.cluster, keys),
    ...regionProblems(parsed.cluster),
    ...("problems" in served ? served.problems : []),
  ];
  if (problems.length > 0 || "problems" in served) throw configError(problems);
  return { cluster: parsed.cluster, ...keys, secrets: pulumi.secret(served.secrets) };
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

/** What stands under a key, which must be encrypted; it is looked at here, and leaves as a secret. */
async function secretObject(config: pulumi.Config, key: string): Promise<unknown> {
  if (!config.get(key) || config.get(key) === "{}") return undefined;
  if (!isConfigSecret(`nginx-ha:${key}`))
    throw configError([
      `nginx-ha:${key}: must be a secret, and stands in clear; make other ones, then run: pulumi config set --secret --path nginx-ha:${key}.NAME < FILE`,
    ]);
  return new Promise((resolve) => config.requireSecretObject<unknown>(key).apply(resolve));
}

/** Each key where it is used, and nowhere else. */
function keyProblems(
  cluster: Cluster,
  keys: Pick<StackConfig, "sshPrivateKey" | "sshProxyPrivateKey">,
): string[] {
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

/** A stack has one Region, and says which; the AWS provider takes it from the environment, too. */
function regionProblems({ platform }: Cluster): string[] {
  const { AWS_REGION, AWS_DEFAULT_REGION } = process.env;
  const given = new pulumi.Config("aws").get("region") || AWS_REGION || AWS_DEFAULT_REGION;
  if (platform !== "aws" || given) return [];
  return ["aws:region: is required; run: pulumi config set aws:region eu-west-1"];
}
