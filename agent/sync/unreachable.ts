/** The peer cannot be asked now: whoever has time tries again. The message is for people. */
export class Unreachable extends Error {}
