import type { PairStatus } from "./pair-status";

/** Days before a certificate's end from which on the status speaks of it. */
const SOON = 21;

/** What will be wrong before long; it makes no pair degraded. */
export interface Warning {
  node: string;
  text: string;
  remedy: string;
}

/** The certificates that end soon, of either node. */
export const warningsOf = ({ nodes }: PairStatus): Warning[] =>
  nodes.flatMap(({ name, report }) =>
    (report?.CERTIFICATES ?? "").split(" ").flatMap((text) => {
      const [certificate, days] = text.split(/:(?=[^:]*$)/);
      if (days === undefined || Number(days) > SOON) return [];
      const end = Number(days) < 0 ? "has expired" : `expires in ${days} days`;
      return [
        { node: name, text: `certificate ${certificate} ${end}`, remedy: "renew it, then run: pulumi up" },
      ];
    }),
  );
