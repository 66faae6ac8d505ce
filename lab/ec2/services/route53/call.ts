import type { Region } from "../../model/state";

export const ROOT = "/2013-04-01";

/** What a call does: the Region after it, and the answer's members. */
interface Done {
  region?: Region;
  status?: number;
  result: object;
}

/** One that the lab knows; `id` is what the path has in brackets. */
export interface Call {
  method: string;
  path: RegExp;
  run(region: Region, asked: { id: string; body: string; query: URLSearchParams }): Done;
}

/** A change is everywhere at once here. */
export const insync = () => ({
  ChangeInfo: { Id: "/change/C0LAB", Status: "INSYNC", SubmittedAt: new Date().toISOString() },
});
