/** Where the connections go, and how long a transfer is: the program's arguments, see main.ts. */
const [given = "", idle = "0", blocks = "0", every = "0", six = ""] = process.argv.slice(2);
export const address = given;
/** Empty where there is none. */
export const address6 = six;
/** As a URL has it. */
export const authority = (to: string): string => (to.includes(":") ? `[${to}]` : to);
export const idleCount = Number(idle);
export const host = "www.example.org";
export const chunks = Number(blocks);
export const everyMs = Number(every);

/** What became of one: how many answers, the longest wait for one, and why it ended before its time. */
export interface Became {
  answers: number;
  longestMs: number;
  error?: string;
  /** It was ended in order, between two answers; what it asked for then, anew, was answered. */
  cameBack?: boolean;
}

/** A connection that was established; `end` says what became of it. */
export type Kind = () => Promise<{ end(): Promise<Became> }>;
