import { z } from "zod";

/** What becomes of established connections when the VIP moves on purpose. */
export const drain = z
  .strictObject({
    seconds: z
      .int()
      .min(0, "must be 0 to 3600 seconds")
      .max(3600, "must be 0 to 3600 seconds")
      .default(60)
      .meta({
        description:
          "Seconds that established connections may go on where they are after a planned move; 0: they are cut.",
      }),
  })
  .prefault({})
  .meta({ description: "What becomes of established connections when the VIP moves on purpose." });
