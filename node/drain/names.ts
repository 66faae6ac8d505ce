import { current } from "../systemd/units";

/** Where a node has its part of a drain on record, and what came of the last one; gone with a reboot, as the drain is. */
export const drainDirectory = "/run/nginx-ha/drain";

/** There for as long as the node is to send its clients away: nginx looks. */
export const closingFile = `${drainDirectory}/closing`;

export const drainProgram = `/usr/bin/node --max-old-space-size=48 ${current}/bin/drain.js`;

/** The unit of the node's part. */
export const drainUnit = (role: "keep" | "detour"): string => `nginx-ha-drain@${role}.service`;
