import type { AgentSettings } from "../node/claim";
import { needAll, readJsonSettings } from "./json-settings";

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
  const settings = readJsonSettings<AgentSettings>(path, [
    "node",
    "anchor",
    "vip",
    "healthName",
    "advertInterval",
    "peer",
  ]);
  const needs = NEEDS[settings.claim?.mode];
  if (!needs) throw new Error(`${path}: claim.mode is ${settings.claim?.mode}; run pulumi up again`);
  needAll(path, { ...settings, ...settings.claim }, needs);
  return settings;
}
