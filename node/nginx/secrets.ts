import type { ServedSecrets } from "../../config/secrets";
import type { ServedNginx } from "../settings";

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
    return `CERTIFICATE ${name} ${base64(wholeLines(made.certificate))} ${base64(made.key)}`;
  });
  const lists = Object.entries(secrets.passwords).map(([name, list]) => `PASSWORDS ${name} ${base64(list)}`);
  const tickets = secrets.tickets === undefined ? [] : [`TICKETS ${secrets.tickets.trim()}`];
  return [...lines, ...lists, ...tickets].map((line) => `${line}\n`).join("");
}

/** Certificates that were put together without a line break between them. */
const wholeLines = (pem: string): string => pem.replaceAll(/(-----END CERTIFICATE-----)\s*/g, "$1\n");

/** On one line, whatever it ends with. */
const base64 = (text: string): string => Buffer.from(`${text.trimEnd()}\n`).toString("base64");
