import * as pulumi from "@pulumi/pulumi";
import type { Cluster } from "./cluster";
import { parseCluster } from "./parse";

/** Everything that a stack says. */
export interface StackConfig {
  cluster: Cluster;
  /** The key that logs in on both nodes, OpenSSH or PEM form, without a passphrase. */
  sshPrivateKey: pulumi.Output<string>;
}

/**
 * Reads the stack's configuration.
 * @throws pulumi.RunError with every problem at once; Pulumi shows it without a stack trace.
 */
export function readStackConfig(config = new pulumi.Config("nginx-ha")): StackConfig {
  const parsed = parseCluster(config.getObject<unknown>("cluster"));
  const problems = "problems" in parsed ? [...parsed.problems] : [];
  const sshPrivateKey = config.getSecret("sshPrivateKey");
  if (sshPrivateKey === undefined) {
    problems.push(
      "nginx-ha:sshPrivateKey: is required; run: pulumi config set --secret nginx-ha:sshPrivateKey < KEYFILE",
    );
  }
  if ("problems" in parsed || sshPrivateKey === undefined) {
    const count = problems.length === 1 ? "a problem" : `${problems.length} problems`;
    const lines = problems.map((problem) => `  ${problem}`).join("\n");
    throw new pulumi.RunError(`the stack's configuration has ${count}; nothing was changed\n${lines}`);
  }
  return { cluster: parsed.cluster, sshPrivateKey };
}
