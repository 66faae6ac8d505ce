import * as pulumi from "@pulumi/pulumi";
import type { Cluster } from "./cluster";
import { configError } from "./config-error";
import { parseCluster } from "./parse";
import { resolveReferences } from "./references";
import { parseSecrets, type ServedSecrets } from "./secrets";
import { sharedValue, withShared } from "./shared";

/** Everything that a stack says. */
export interface StackConfig {
  cluster: Cluster;
  /** Platform `hosts`: the key that logs in on both nodes, OpenSSH or PEM form, without a passphrase. */
  sshPrivateKey?: pulumi.Output<string>;
  /** Platform `aws`: the key that logs in on the bastion `ssh.proxy`. */
  sshProxyPrivateKey?: pulumi.Output<string>;
  /** Certificates and passwords of nginx: looked at while the stack is read, a secret from then on. */
  secrets: pulumi.Output<ServedSecrets>;
}

/**
 * Reads the stack's configuration, with what it shares with other stacks and what it takes from their outputs.
 * @throws pulumi.RunError with every problem at once; Pulumi shows it without a stack trace.
 */
export async function readStackConfig(config = new pulumi.Config("nginx-ha")): Promise<StackConfig> {
  const clear = inClear();
  if (clear.length > 0) throw configError(clear);
  const merged = withShared(config.getObject<unknown>("cluster"), sharedValue(config.get("shared")));
  if ("problem" in merged) throw configError([merged.problem]);
  const found = await resolveReferences(merged.cluster, config.getObject("stacks"));
  if (found.problems.length > 0) throw configError(found.problems);
  const parsed = parseCluster(found.cluster);
  const secretOf = (key: string) => (textOf(config, key) ? config.getSecret(key) : undefined);
  const keys = {
    sshPrivateKey: secretOf("sshPrivateKey"),
    sshProxyPrivateKey: secretOf("sshProxyPrivateKey"),
  };
  if ("problems" in parsed) throw configError(parsed.problems);
  const served = parseSecrets(parsed.cluster.nginx, {
    certificates: secretObject(config, "certificates"),
    passwords: secretObject(config, "passwords"),
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

/** What a stack's file must not say in clear, with how it is given instead. */
const SECRETS: Record<string, string> = {
  "nginx-ha:sshPrivateKey": "nginx-ha:sshPrivateKey < KEYFILE",
  "nginx-ha:sshProxyPrivateKey": "nginx-ha:sshProxyPrivateKey < KEYFILE",
  "nginx-ha:certificates": "--path nginx-ha:certificates.NAME.key < KEYFILE, and the same with .certificate",
  "nginx-ha:passwords": "--path nginx-ha:passwords.NAME < FILE",
  "aws:secretKey": "aws:secretKey",
  "aws:token": "aws:token",
};

/** A line for each secret that stands in clear: who may read the file, or its history, has it. */
function inClear(): string[] {
  return Object.entries(SECRETS).flatMap(([name, given]) => {
    const [namespace = "", key = ""] = name.split(":");
    if (isConfigSecret(name) || !textOf(new pulumi.Config(namespace), key)) return [];
    const what = name === "nginx-ha:passwords" ? "other passwords" : "another key";
    return [
      `${name}: must be a secret, and stands in clear; make ${what}, then run: pulumi config set --secret ${given}`,
    ];
  });
}

/** What was given; the defaults in Pulumi.yaml, an empty text and an empty object, are nothing. */
const textOf = (config: pulumi.Config, key: string): string | undefined => {
  const text = config.get(key);
  return text === "" || text === "{}" ? undefined : text;
};

/** What stands under a key. The SDK's own error would show the value. */
function secretObject(config: pulumi.Config, key: string): unknown {
  const text = textOf(config, key);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    const name = `nginx-ha:${key}`;
    throw configError([
      `${name}: must be an object, and is a text that is none; run: pulumi config set --secret ${SECRETS[name]}`,
    ]);
  }
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

/** A stack has one Region, and says which: with the environment's it would be elsewhere for the next who runs it. */
function regionProblems({ platform }: Cluster): string[] {
  if (platform !== "aws" || new pulumi.Config("aws").get("region")) return [];
  return ["aws:region: is required; run: pulumi config set aws:region eu-west-1"];
}
