import type { NodeReport } from "./node-report";

/** A certificate that a node's nginx serves. */
export interface ServedCertificate {
  name: string;
  /** Until it ends; below 0 it has, or cannot be read. None of a stand-in, until one comes by ACME. */
  days?: number;
  /** Of one that came by ACME: with fewer days its renewal is late. */
  soon?: number;
}

const ENTRY = /^(?<name>.+):(?:(?<days>-?\d+)(?:\/(?<soon>\d+))?|placeholder)$/;

/** What a node says of its certificates. */
export const certificatesOf = (report: Pick<NodeReport, "CERTIFICATES"> | undefined): ServedCertificate[] =>
  (report?.CERTIFICATES ?? "").split(" ").flatMap((text) => {
    const { name, days, soon } = ENTRY.exec(text)?.groups ?? {};
    if (name === undefined) return [];
    return [{ name, ...(days && { days: Number(days) }), ...(soon && { soon: Number(soon) }) }];
  });
