import { local } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";

/** What both nodes make each day's TLS ticket keys from; made once, as the SSH keys are. See node/bin/tls-tickets.sh. */
export function ticketSeed(name: string, opts: pulumi.CustomResourceOptions): pulumi.Output<string> {
  const made = new local.Command(
    name,
    {
      create: 'set -eu\necho "$(($(date +%s) / 86400)) $(openssl rand -hex 64)"',
      logging: local.Logging.None,
      addPreviousOutputInEnv: false,
    },
    { ...opts, additionalSecretOutputs: ["stdout", "stderr"] },
  );
  return pulumi.secret(made.stdout);
}
