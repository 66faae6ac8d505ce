import type { PairStatus } from "./pair-status";

/** Days before a certificate's end from which on the status speaks of it. */
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
    (report?.CERTIFICATES ?? "").split(" ").flatMap((text) => {
      const warning = warningOf(text);
      return warning ? [{ node, ...warning }] : [];
    }),
  );

const ENTRY = /^(?<name>.+):(?:(?<days>-?\d+)(?:\/(?<soon>\d+))?|placeholder)$/;
const ACME_LOG = "see: nginx-ha logs --unit nginx-ha-acme";

/** @param text an entry of a node's CERTIFICATES */
function warningOf(text: string): Omit<Warning, "node"> | undefined {
  const { name, days, soon } = ENTRY.exec(text)?.groups ?? {};
  if (name === undefined) return undefined;
  const certificate = `certificate ${name}`;
  if (days === undefined)
    return {
      text: `${certificate} is a stand-in that no client trusts: none has come by ACME yet`,
      remedy: ACME_LOG,
    };
  if (Number(days) > Number(soon ?? SOON)) return undefined;
  const end = Number(days) < 0 ? "has expired" : `expires in ${days} days`;
  const remedy = soon === undefined ? "renew it, then run: pulumi up" : ACME_LOG;
  return { text: `${certificate} ${end}`, remedy };
}
