import { readFileSync } from "node:fs";
import type { AgentSettings } from "../node/claim";

const NEEDS: Record<string, string[]> = {
  elasticIp: ["allocationId", "networkInterfaceId", "privateIp"],
  secondaryPrivateIp: ["address", "networkInterfaceId"],
  overlayRoute: ["address", "networkInterfaceId", "routeTableIds"],
};

/**
 * Reads `agent.json`, which `pulumi up` wrote.
 * @throws Error with one sentence that says what is wrong with it
 */
export function readSettings(path: string): AgentSettings {
  const settings = JSON.parse(readFileSync(path, "utf8")) as AgentSettings;
  const needs = NEEDS[settings.claim?.mode];
  if (!needs) throw new Error(`${path}: claim.mode is ${settings.claim?.mode}; run pulumi up again`);
  const all = { ...settings, ...settings.claim } as unknown as Record<string, unknown>;
  for (const key of ["region", "anchor", ...needs]) {
    if (!all[key]) throw new Error(`${path}: ${key} is missing; run pulumi up again`);
  }
  return settings;
}
