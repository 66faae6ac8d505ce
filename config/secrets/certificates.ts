import { createPrivateKey, type X509Certificate } from "node:crypto";
import { z } from "zod";
import { APPEND, chainOf, missingIssuer } from "./chain";

/** What `nginx-ha:certificates` holds for each name: PEM, the certificate before the intermediate ones. */
export const secretCertificate = z.strictObject({ certificate: z.string(), key: z.string() });

export type SecretCertificate = z.output<typeof secretCertificate>;

/**
 * What is wrong with a certificate, so that no node would take it: each a line that begins with the key it is about, and
 * never with anything of the private key.
 * @param names what the sites that use it are called
 */
export function certificateProblems(
  { certificate, key }: SecretCertificate,
  names: readonly string[],
  now = new Date(),
): string[] {
  const chain = chainOf(certificate);
  const [leaf] = chain ?? [];
  if (!chain || !leaf) return ["certificate: must be one or more certificates in PEM form"];
  const missing = names.filter((name) => leaf.checkHost(name.replace(/^\*/, "any")) === undefined);
  return [
    ...keyProblems(leaf, key),
    ...validity(leaf, now),
    ...chainProblems(chain),
    ...missing.map(
      (name) => `certificate: must be for ${name}, and is for ${leaf.subjectAltName ?? "no name"}`,
    ),
  ];
}

function keyProblems(leaf: X509Certificate, pem: string): string[] {
  try {
    return leaf.checkPrivateKey(createPrivateKey(pem))
      ? []
      : ["key: must be the certificate's, and is that of another one; take the file that was made with it"];
  } catch {
    return ["key: must be a private key in PEM form, without a passphrase"];
  }
}

function validity(leaf: X509Certificate, now: Date): string[] {
  if (new Date(leaf.validTo) <= now) return [`certificate: expired on ${leaf.validTo}; renew it`];
  if (new Date(leaf.validFrom) > now) return [`certificate: is not valid before ${leaf.validFrom}`];
  return [];
}

const chainProblems = (chain: X509Certificate[]): string[] => {
  const issuer = missingIssuer(chain);
  return issuer === undefined ? [] : [`certificate: must be followed by its issuer, ${issuer}: ${APPEND}`];
};
