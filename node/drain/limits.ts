/** Seconds from the preparation until the VIP must have moved. */
export const preparedLimit = 90;

/** Seconds for one command. What a node does to get ready, or to take it back, is a row of them. */
export const commandLimit = 3;
/** Seconds for all of them, as many as there are (test/node/drain/files.test.ts). */
export const startLimit = 60;
export const stopLimit = 36;

/** Seconds for whoever asks a node to begin its part, and to end it: its program is stopped, then it is taken back. */
export const beginLimit = startLimit + 5;
export const endLimit = 2 * stopLimit + 5;

/**
 * Seconds that a node's own handover may take (bin/hand-over): the peer begins, this node does, the VIP moves, on EC2 by its
 * API, connections end, and the peer ends its part.
 * @param drainS seconds that established connections may go on; 0 for none
 */
export const handoverLimit = (drainS: number): number => beginLimit + startLimit + 30 + drainS + endLimit;
