import { drainUnit } from "../../node/drain/names";
import { run } from "../run";
import type { Role } from "./role";

/** `busy`: the node has its part of somebody else's move, which is left alone. */
export type Begun = "ready" | "busy" | { why: string };

const LOOK_MS = 5000;

/** Starts the node's part, unless it is there. Never throws: when it does not start, the result says why, in one line. */
export async function begin(role: Role, limitMs: number): Promise<Begun> {
  if (await isActive(role)) return "busy";
  const { failed, err } = await run("systemctl", ["--quiet", "start", drainUnit(role)], limitMs);
  return failed ? { why: (await whyItFailed(role)) ?? err.trim().replace(/\s+/g, " ") } : "ready";
}

async function isActive(role: Role): Promise<boolean> {
  const { out } = await run("systemctl", ["is-active", drainUnit(role)], LOOK_MS);
  return !["inactive", "failed"].includes(out.trim());
}

/** What the unit's program said last (main.ts). */
async function whyItFailed(role: Role): Promise<string | undefined> {
  const argv = ["--quiet", "--no-pager", "--output", "cat", "--since", "-20s", "--unit", drainUnit(role)];
  const { out } = await run("journalctl", argv, LOOK_MS);
  return [...out.matchAll(/^failed reason="?(.*?)"?$/gm)].at(-1)?.[1];
}
