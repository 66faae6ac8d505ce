import { readFileSync } from "node:fs";
import type { DrainSettings } from "../../node/drain/settings";
import { log, reasonOf } from "../log";
import { prepare, undo } from "./part";
import type { Role } from "./role";
import { watch } from "./watch";

const SETTINGS = "/etc/nginx-ha/current/drain.json";
/** A mistake in the settings or the arguments is not mended by starting again (sysexits.h). */
const EX_CONFIG = 78;
const needs: (keyof DrainSettings)[] = [
  "node",
  "peer",
  "interface",
  "vip",
  "anchor",
  "healthName",
  "seconds",
];

/** The node's part of a planned move, run by nginx-ha-drain@ROLE.service: `prepare`, `watch` or `undo`, then the role. */
async function main([verb = "", role = ""]: string[]): Promise<void> {
  if (!isRole(role)) return refuse(`there is no part ${role} of a drain: keep or detour`);
  if (verb === "prepare") prepare(role, readSettings());
  else if (verb === "undo") undo(role);
  else if (verb === "watch") {
    const stopped = new AbortController();
    process.once("SIGTERM", () => stopped.abort());
    await watch(role, readSettings(), stopped.signal);
  } else refuse(`there is no ${verb}: prepare, watch or undo`);
  process.exit(0);
}

const isRole = (text: string): text is Role => text === "keep" || text === "detour";

function readSettings(): DrainSettings {
  const settings = JSON.parse(readFileSync(SETTINGS, "utf8"));
  const missing = needs.find((key) => !settings[key]);
  if (missing) throw new Error(`${SETTINGS}: ${missing} is missing; run pulumi up again`);
  return settings;
}

function refuse(reason: string): never {
  log("cannot start", { reason });
  process.exit(EX_CONFIG);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  log("failed", { reason: reasonOf(error) });
  process.exit(1);
});
