import { certificatesOf, type ServedCertificate } from "./certificates";
import type { PairStatus } from "./pair-status";

/** Days before a certificate's end from which on the status warns of it. */
const SOON = 21;

/** What will be wrong before long; it makes no pair degraded. */
export interface Warning {
  node: string;
  text: string;
  remedy: string;
}

/** The certificates that end soon, and those that none came for by ACME yet, of either node. */
export const warningsOf = ({ nodes }: PairStatus): Warning[] =>
  nodes.flatMap(({ name: node, report }) =>
    certificatesOf(report).flatMap((certificate) => {
      const warning = warningOf(certificate);
      return warning ? [{ node, ...warning }] : [];
    }),
  );

const ACME_LOG = "see: nginx-ha logs --unit nginx-ha-acme";

function warningOf({ name, days, soon }: ServedCertificate): Omit<Warning, "node"> | undefined {
  const certificate = `certificate ${name}`;
  if (days === undefined)
    return {
      text: `${certificate} is a stand-in that no client trusts: none has come by ACME yet`,
      remedy: ACME_LOG,
    };
  if (days > (soon ?? SOON)) return undefined;
  const end = days < 0 ? "has expired" : `expires in ${days} days`;
  return {
    text: `${certificate} ${end}`,
    remedy: soon === undefined ? "renew it, then run: pulumi up" : ACME_LOG,
  };
}
