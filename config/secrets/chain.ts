import { X509Certificate } from "node:crypto";
import { rootCertificates } from "node:tls";

const block = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** The certificates of a text in PEM form, in its order; nothing where one cannot be read. */
export function chainOf(pem: string): X509Certificate[] | undefined {
  const all = (pem.match(block) ?? []).map(certificateOf);
  return all.every((one) => one !== undefined) ? all : undefined;
}

/** Those of them that can be read. */
export const rootsOf = (pem: string): X509Certificate[] =>
  (pem.match(block) ?? []).flatMap((one) => certificateOf(one) ?? []);

function certificateOf(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}

/** What mends a chain that ends early. */
export const APPEND = "append the intermediate certificate that came with it (and an own authority's root)";

/**
 * Each certificate's issuer follows it, up to one that clients know or that signed itself.
 * @param own roots that are known here beside Mozilla's
 * @returns the name of the issuer that does not follow
 */
export function missingIssuer(
  chain: readonly X509Certificate[],
  own: () => readonly X509Certificate[] = () => [],
): string | undefined {
  for (const [index, one] of chain.entries()) {
    if (one.checkIssued(one) || known(one)) return undefined;
    const next = chain[index + 1];
    if (next && one.checkIssued(next)) continue;
    if (own().some((root) => one.checkIssued(root))) return undefined;
    return one.issuer.split("\n").join(", ");
  }
  return undefined;
}

/** Read once, and only when a chain ends without a root. */
let roots: X509Certificate[] | undefined;

function known(one: X509Certificate): boolean {
  roots ??= rootCertificates.map((pem) => new X509Certificate(pem));
  return roots.some((root) => one.checkIssued(root));
}
