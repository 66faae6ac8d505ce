import { createPrivateKey, X509Certificate } from "node:crypto";
import { rootCertificates } from "node:tls";
import { z } from "zod";

/** What `nginx-ha:certificates` holds for each name: PEM, the certificate before the intermediate ones. */
export const secretCertificate = z.strictObject({ certificate: z.string(), key: z.string() });

export type SecretCertificate = z.output<typeof secretCertificate>;

const block = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

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
  const chain = parsed(certificate);
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

function parsed(pem: string): X509Certificate[] | undefined {
  try {
    return (pem.match(block) ?? []).map((one) => new X509Certificate(one));
  } catch {
    return undefined;
  }
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

/** Each certificate's issuer follows it, up to one that clients know or that signed itself. */
function chainProblems(chain: X509Certificate[]): string[] {
  for (const [index, one] of chain.entries()) {
    if (one.checkIssued(one) || known(one)) return [];
    const next = chain[index + 1];
    if (next && one.checkIssued(next)) continue;
    return [
      `certificate: must be followed by its issuer, ${oneLine(one.issuer)}: append the intermediate certificate that came with it (and an own authority's root)`,
    ];
  }
  return [];
}

/** Read once, and only when a chain ends without a root. */
let roots: X509Certificate[] | undefined;

function known(one: X509Certificate): boolean {
  roots ??= rootCertificates.map((pem) => new X509Certificate(pem));
  return roots.some((root) => one.checkIssued(root));
}

const oneLine = (name: string): string => name.split("\n").join(", ");
