import { commandLimit, startLimit } from "../../node/drain/limits";
import type { DrainSettings } from "../../node/drain/settings";
import { readJsonSettings } from "../json-settings";
import { holdsAnchor } from "../keepalived/fifo";
import { log, reasonOf } from "../log";
import { type Begun, begin } from "./begin";
import { endConnections, filterOf } from "./connections";
import { prepare, undo } from "./part";
import { proveTunnel } from "./proof";
import type { Role } from "./role";
import { watch } from "./watch";

const SETTINGS = "/etc/nginx-ha/current/drain.json";

/**
 * The node's part of a planned move, run by nginx-ha-drain@ROLE.service: `prepare`, `watch` or `undo`, then the role. And
 * `begin`, run by whoever is about to move the VIP: it starts that unit, and says `ready`, `busy` or why not.
 */
async function main([verb = "", role = ""]: string[]): Promise<void> {
  if (!isRole(role)) throw new Error(`there is no part ${role} of a drain: keep or detour`);
  if (verb === "prepare") {
    const settings = readSettings();
    prepare(role, settings);
    // A node without the VIP that keeps none has no connections, but may have what a failover left, whose clients use their ports again.
    if (role === "detour" && !holdsAnchor(settings.anchor))
      await endConnections(filterOf(settings), commandLimit * 1000);
    // The other end is there before: who takes the VIP is made ready first.
    if (role === "keep") await proveTunnel(settings);
  } else if (verb === "undo") undo(role);
  else if (verb === "watch") {
    const stopped = new AbortController();
    process.once("SIGTERM", () => stopped.abort());
    await watch(role, readSettings(), stopped.signal);
  } else if (verb === "begin") return tell(await begin(role, (startLimit + 1) * 1000));
  else throw new Error(`there is no ${verb}: prepare, watch, undo or begin`);
  process.exit(0);
}

function tell(begun: Begun): void {
  console.log(typeof begun === "string" ? begun : begun.why);
  process.exit(begun === "ready" ? 0 : 1);
}

const isRole = (text: string): text is Role => text === "keep" || text === "detour";

const readSettings = (): DrainSettings =>
  readJsonSettings(SETTINGS, ["node", "peer", "interface", "vip", "anchor", "healthName", "seconds"]);

main(process.argv.slice(2)).catch((error: unknown) => {
  log("failed", { reason: reasonOf(error) });
  process.exit(1);
});
