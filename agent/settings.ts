import { readFileSync } from "node:fs";
import type { AgentSettings } from "../node/claim";

const NEEDS: Record<string, string[]> = {
  arp: ["address", "interface"],
  elasticIp: ["region", "allocationId", "networkInterfaceId", "peerInterfaceId", "privateIp"],
  secondaryPrivateIp: ["region", "address", "networkInterfaceId", "peerInterfaceId"],
  overlayRoute: ["region", "address", "networkInterfaceId", "peerInterfaceId", "routeTableIds"],
};

/**
 * Reads `agent.json`, which `pulumi up` wrote.
 * @throws Error with one sentence that says what is wrong with it
 */
export function readSettings(path: string): AgentSettings {
  const settings = parsed(path);
  const needs = NEEDS[settings.claim?.mode];
  if (!needs) throw new Error(`${path}: claim.mode is ${settings.claim?.mode}; run pulumi up again`);
  const all = { ...settings, ...settings.claim } as unknown as Record<string, unknown>;
  for (const key of ["node", "anchor", "vip", "healthName", "advertInterval", "peer", ...needs]) {
    if (!all[key]) throw new Error(`${path}: ${key} is missing; run pulumi up again`);
  }
  return settings;
}

function parsed(path: string): AgentSettings {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${path} cannot be read (${reason}); run pulumi up again`);
  }
}
