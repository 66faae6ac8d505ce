import { local } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { IN_PRIVATE_DIRECTORY } from "./private-directory";

/** An ed25519 key pair; OpenSSH form. */
export interface KeyPair {
  privateKey: pulumi.Output<string>;
  publicKey: pulumi.Output<string>;
}

/**
 * A key pair that the stack makes once and keeps: `ssh-keygen` on the machine that runs Pulumi, in a directory
 * that nobody else can read and that is gone afterwards. No input ever changes, so neither does the key.
 */
export function sshKeyPair(name: string, opts: pulumi.CustomResourceOptions): KeyPair {
  const made = new local.Command(
    name,
    {
      create: [
        ...IN_PRIVATE_DIRECTORY,
        "ssh-keygen -q -t ed25519 -N '' -C nginx-ha -f \"$directory/key\"",
        'cat "$directory/key.pub" "$directory/key"',
      ].join("\n"),
      logging: local.Logging.None,
      addPreviousOutputInEnv: false,
    },
    { ...opts, additionalSecretOutputs: ["stdout", "stderr"] },
  );
  const lines = made.stdout.apply((text) => text.split("\n"));
  return {
    publicKey: pulumi.unsecret(lines.apply((all) => all[0] ?? "")),
    privateKey: pulumi.secret(lines.apply((all) => `${all.slice(1).join("\n").trimEnd()}\n`)),
  };
}
