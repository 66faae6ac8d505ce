import type { z } from "zod";

/** What a line of JSON says; nothing when it is not that. */
export function jsonOf<T>(schema: z.ZodType<T>, text: string): T | undefined {
  try {
    return schema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
