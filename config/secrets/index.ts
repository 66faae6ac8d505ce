import { z } from "zod";
import type { NginxConfig } from "../nginx";
import { certificateProblems, type SecretCertificate, secretCertificate } from "./certificates";
import { passwordProblems } from "./passwords";

/** What nginx needs and nobody may read, by the names that the configuration gives it. */
export interface ServedSecrets {
  certificates: Record<string, SecretCertificate>;
  /** Lines of htpasswd's form. */
  passwords: Record<string, string>;
}

export const noSecrets: ServedSecrets = { certificates: {}, passwords: {} };

const shapes = {
  certificates: z.record(z.string(), secretCertificate),
  passwords: z.record(z.string(), z.string()),
};

type Served = Pick<NginxConfig, "certificates" | "sites" | "routes">;

/** The secrets as they are used, or every problem that they have; no value of them is shown. */
export function parseSecrets(
  nginx: Served,
  given: { certificates?: unknown; passwords?: unknown },
  now = new Date(),
): { secrets: ServedSecrets } | { problems: string[] } {
  const certificates = shapes.certificates.safeParse(given.certificates ?? {});
  const passwords = shapes.passwords.safeParse(given.passwords ?? {});
  if (!certificates.success)
    return {
      problems: [
        "nginx-ha:certificates: must have certificate and key for each name, both in PEM form; run: pulumi config set --secret --path nginx-ha:certificates.NAME.certificate < FILE",
      ],
    };
  if (!passwords.success)
    return { problems: ["nginx-ha:passwords: must be a text for each name, as htpasswd -B makes it"] };
  const secrets = { certificates: certificates.data, passwords: passwords.data };
  const problems = [
    ...namesAsUsed("certificates", wantedCertificates(nginx), Object.keys(secrets.certificates)),
    ...namesAsUsed("passwords", wantedPasswords(nginx), Object.keys(secrets.passwords)),
    ...Object.entries(secrets.certificates).flatMap(([name, one]) =>
      certificateProblems(one, siteNames(nginx, name), now).map(
        (problem) => `nginx-ha:certificates.${name}.${problem}`,
      ),
    ),
    ...Object.entries(secrets.passwords).flatMap(([name, list]) =>
      passwordProblems(list).map((problem) => `nginx-ha:passwords.${name}: ${problem}`),
    ),
  ];
  return problems.length > 0 ? { problems } : { secrets };
}

function namesAsUsed(key: keyof ServedSecrets, wanted: Set<string>, given: string[]): string[] {
  const missing = [...wanted].filter((name) => !given.includes(name));
  const path = (name: string) => `nginx-ha:${key}.${name}`;
  const command = (name: string) =>
    key === "certificates"
      ? `pulumi config set --secret --path ${path(name)}.certificate < FILE, and the same with .key`
      : `pulumi config set --secret --path ${path(name)} < FILE`;
  return [
    ...missing.map((name) => `${path(name)}: is required; run: ${command(name)}`),
    ...given
      .filter((name) => !wanted.has(name))
      .map((name) => `${path(name)}: is used by nothing; run: pulumi config rm --path ${path(name)}`),
  ];
}

const wantedCertificates = ({ certificates }: Served): Set<string> =>
  new Set(certificates.filter(({ from }) => from === "secret").map(({ name }) => name));

function wantedPasswords({ sites, routes = [] }: Served): Set<string> {
  const guarded = [...routes, ...sites, ...sites.flatMap((site) => site.routes)];
  return new Set(guarded.flatMap(({ basicAuth }) => basicAuth?.passwords ?? []));
}

const siteNames = ({ sites }: Served, certificate: string): string[] =>
  sites.filter(({ tls }) => tls?.certificate === certificate).flatMap(({ names }) => names);
