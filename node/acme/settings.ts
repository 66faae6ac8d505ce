import type { AcmeConfig } from "../../config/nginx/acme";
import type { ServedNginx } from "../settings";

/** What the MASTER gets by ACME. A part of what is served: it asks for nothing whose challenges are not answered yet. */
export interface AcmeSettings extends Pick<AcmeConfig, "directory" | "email" | "trustedCertificate"> {
  certificates: { name: string; names: string[] }[];
}

/** Where it stands in a generation. */
export const ACME_FILE = "acme.json";

/** Where the answers to challenges are, on the node that waits for an authority to ask. */
export const CHALLENGES = "/run/nginx-ha-acme/challenges";

/** Nothing when no certificate comes from there. */
export function acmeSettings({ acme, certificates, sites }: ServedNginx): AcmeSettings | undefined {
  if (acme === undefined) return undefined;
  const { acceptTerms: _, ...authority } = acme;
  const namesOf = (certificate: string): string[] =>
    sites.filter(({ tls }) => tls?.certificate === certificate).flatMap(({ names }) => names);
  return {
    ...authority,
    certificates: certificates
      .filter(({ from }) => from === "acme")
      .map(({ name }) => ({ name, names: namesOf(name).sort() })),
  };
}
