import { local } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { NginxConfig } from "../config/nginx";
import type { SecretCertificate } from "../config/secrets/certificates";
import { IN_PRIVATE_DIRECTORY } from "./ssh/private-directory";

/**
 * The certificates that the stack makes itself: for tests, and in the place of what ACME has not given yet; both nodes get
 * the same.
 */
export function selfSigned(
  prefix: string,
  { certificates, sites }: Pick<NginxConfig, "certificates" | "sites">,
  opts: pulumi.CustomResourceOptions,
): pulumi.Output<Record<string, SecretCertificate>> {
  const made = certificates
    .filter(({ from }) => from === "selfSigned" || from === "acme")
    .map(({ name }) => {
      const names = sites.filter(({ tls }) => tls?.certificate === name).flatMap((site) => site.names);
      return certificate(`${prefix}-certificate-${name}`, names, opts).apply((one) => [name, one] as const);
    });
  return pulumi.all(made).apply((all) => Object.fromEntries(all));
}

/** As the SSH keys are made: `openssl` where Pulumi runs, in a directory that nobody else reads; new for new names. */
function certificate(
  name: string,
  names: string[],
  opts: pulumi.CustomResourceOptions,
): pulumi.Output<SecretCertificate> {
  const all = names.length === 0 ? ["localhost"] : names;
  const made = new local.Command(
    name,
    {
      create: [
        ...IN_PRIVATE_DIRECTORY,
        `openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 3650 -subj '/CN=nginx-ha self-signed' -addext 'subjectAltName=${all.map((one) => `DNS:${one}`).join(",")}' -keyout "$directory/key" -out "$directory/certificate" 2>/dev/null`,
        'cat "$directory/certificate" "$directory/key"',
      ].join("\n"),
      logging: local.Logging.None,
      addPreviousOutputInEnv: false,
    },
    { ...opts, additionalSecretOutputs: ["stdout", "stderr"] },
  );
  return pulumi.secret(
    made.stdout.apply((text) => {
      const key = text.indexOf("-----BEGIN PRIVATE KEY");
      return { certificate: text.slice(0, key), key: text.slice(key) };
    }),
  );
}
