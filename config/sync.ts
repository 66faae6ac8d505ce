import { z } from "zod";

/** How both nodes come to serve the same. */
export const sync = z
  .strictObject({
    interval: z
      .int()
      .min(1, "must be 1 to 3600 seconds")
      .max(3600, "must be 1 to 3600 seconds")
      .default(10)
      .meta({ description: "Seconds between two looks at the peer and at the operator's directory." }),
    bootWait: z
      .int()
      .min(1, "must be 1 to 600 seconds")
      .max(600, "must be 1 to 600 seconds")
      .default(30)
      .meta({
        description: "Seconds that a node which boots waits for its peer before it serves what it has.",
      }),
    acceptOverride: z
      .string()
      .regex(
        /^[1-9]\d*-[1-9]\d*(-[0-9a-f]{12})?$/,
        "must be a rollback's term and number, such as 3-17, as the refused up tells it",
      )
      .optional()
      .meta({ description: "The rollback that this up may undo." }),
  })
  .prefault({})
  .meta({ description: "How both nodes come to serve the same." });

export type SyncConfig = z.output<typeof sync>;
