import type { ServedSecrets } from "../../config/secrets";
import type { ServedNginx } from "../settings";
import { treeHash } from "../sync/tree-hash";

/** Whether nodes get certificates or passwords at all. */
export const hasSecrets = ({ certificates, routes = [], sites }: Omit<ServedNginx, "pools">): boolean =>
  certificates.length > 0 ||
  [...routes, ...sites, ...sites.flatMap((site) => site.routes)].some(
    ({ basicAuth }) => basicAuth !== undefined,
  );

/** The lines that the script `certificates` reads. */
export function secretLines({ certificates }: ServedNginx, secrets: ServedSecrets): string {
  const lines = certificates.map(({ name, from, certificate, key }) => {
    if (from === "files") return `FILES ${name} ${certificate} ${key}`;
    const made = secrets.certificates[name];
    if (!made) throw new Error(`no certificate ${name}`);
    const word = from === "acme" ? "PLACEHOLDER" : "CERTIFICATE";
    return `${word} ${name} ${base64(wholeLines(made.certificate))} ${base64(made.key)}`;
  });
  const lists = Object.entries(secrets.passwords).map(([name, list]) => `PASSWORDS ${name} ${base64(list)}`);
  return [...lines, ...lists].map((line) => `${line}\n`).join("");
}

/**
 * Names the certificates that the MASTER publishes: SHA-256 of the files that the lines become; empty when there are
 * none.
 */
export function certificatesHash({ certificates }: ServedNginx, secrets: ServedSecrets): string {
  const files = certificates.flatMap(({ name, from }) => {
    const made = secrets.certificates[name];
    if (from === "files" || !made) return [];
    const folder = from === "acme" ? "placeholders" : "certificates";
    return [
      [`${folder}/${name}/fullchain.pem`, bytes(wholeLines(made.certificate))] as const,
      [`${folder}/${name}/privkey.pem`, bytes(made.key)] as const,
    ];
  });
  return files.length === 0 ? "" : treeHash(new Map(files));
}

/** Certificates that were put together without a line break between them. */
const wholeLines = (pem: string): string => pem.replaceAll(/(-----END CERTIFICATE-----)\s*/g, "$1\n");

/** Whatever it ends with. */
const bytes = (text: string): Buffer => Buffer.from(`${text.trimEnd()}\n`);
const base64 = (text: string): string => bytes(text).toString("base64");
