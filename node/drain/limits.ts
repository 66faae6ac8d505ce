import type { DrainSettings } from "./settings";

/** Seconds from the preparation until the VIP must have moved. */
export const preparedLimit = 90;

/**
 * Seconds by which the detour outlasts the drain: what it leads to is cut there, and not by its end. Where an API moves the
 * VIP, the other node's drain begins when it has, which the detour does not hear.
 */
export const longerLimit = ({ tunnel }: Pick<DrainSettings, "tunnel">): number =>
  2 + (tunnel ? preparedLimit : 0);

/** Seconds of a drain in which who asks nginx is told to go; then nginx ends what is idle. */
export const toldLimit = 3;
/** Seconds after a planned move until it has: an API's word comes later than VRRP's, and workers take their time. */
export const sentAwayLimit = toldLimit + 3;

/** Seconds that a part runs at most, with some to spare: it ends by itself before. */
export const runtimeLimit = (settings: Pick<DrainSettings, "seconds" | "tunnel">): number =>
  preparedLimit + settings.seconds + longerLimit(settings) + 8;

/** Seconds for one command. What a node does to get ready, or to take it back, is a row of them. */
export const commandLimit = 3;
/** Seconds for all of them, as many as there are (test/node/drain/files.test.ts). */
export const startLimit = 60;
export const stopLimit = 36;

/** Seconds for the connection between the nodes, which may just be made anew (agent/sync/synchroniser.ts, `reach`). */
export const reachLimit = 6;
/** Seconds for whoever asks a node to begin its part, and to end it: its program is stopped, then it is taken back. */
export const beginLimit = startLimit + reachLimit + 5;
export const endLimit = 2 * stopLimit + reachLimit + 5;

/**
 * Seconds that a node's own handover may take (bin/hand-over): the peer begins, this node does, the VIP moves, on EC2 by its
 * API, connections end, and the peer ends its part; before that, what was left of the last detour is taken back.
 * @param drainS seconds that established connections may go on; 0 for none
 */
export const handoverLimit = (drainS: number): number =>
  beginLimit + 2 * stopLimit + startLimit + 30 + drainS + endLimit;
