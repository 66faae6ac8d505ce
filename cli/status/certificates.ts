import { z } from "zod";
import type { NodeReport } from "./node-report";

/** A certificate that a node's nginx serves. */
export const servedCertificate = z.strictObject({
  name: z.string(),
  days: z.int().optional().meta({
    description: "Until it ends; below 0 it has. None of a stand-in, until one comes by ACME.",
  }),
  soon: z
    .int()
    .optional()
    .meta({ description: "Of one that came by ACME: from so many days on its renewal is late." }),
});
export type ServedCertificate = z.output<typeof servedCertificate>;

const ENTRY = /^(?<name>.+):(?:(?<days>-?\d+)(?:\/(?<soon>\d+))?|placeholder)$/;

/** What a node says of its certificates. */
export const certificatesOf = (report: Pick<NodeReport, "CERTIFICATES"> | undefined): ServedCertificate[] =>
  (report?.CERTIFICATES ?? "").split(" ").flatMap((text) => {
    const { name, days, soon } = ENTRY.exec(text)?.groups ?? {};
    if (name === undefined) return [];
    return [{ name, ...(days && { days: Number(days) }), ...(soon && { soon: Number(soon) }) }];
  });
