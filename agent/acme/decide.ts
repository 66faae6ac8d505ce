import { X509Certificate } from "node:crypto";

/** A certificate as it is to be. */
export interface Wanted {
  name: string;
  names: string[];
}

/** A certificate that came by ACME, and from which directory. */
export interface Issued {
  chain: string;
  directory: string;
}

/** What went wrong with a certificate, the last time; forgotten when something else is wanted. */
export interface Trouble {
  wanted: string;
  times: number;
  /** Milliseconds since 1970. */
  at: number;
  reason: string;
}
export type Troubles = Record<string, Trouble>;

/**
 * Why a new one is to be asked for; nothing when the one that is there will do. A third of its life before its end: 30
 * days of 90, and two days of a week's, where the authority gives no longer ones.
 */
export function whyDue(
  issued: Issued | undefined,
  { names }: Wanted,
  directory: string,
  now: number,
): string | undefined {
  if (issued === undefined) return "there is none yet";
  if (issued.directory !== directory) return "it is another authority's";
  const certificate = new X509Certificate(issued.chain);
  if (namesIn(certificate).join(" ") !== [...names].sort().join(" ")) return "it is for other names";
  const [from, to] = [Date.parse(certificate.validFrom), Date.parse(certificate.validTo)];
  return to - now < (to - from) / 3 ? `it ends on ${certificate.validTo}` : undefined;
}

/** The names that a certificate is for, sorted. */
const namesIn = ({ subjectAltName = "" }: X509Certificate): string[] =>
  subjectAltName
    .split(", ")
    .map((one) => one.replace(/^DNS:/, ""))
    .sort();

export const wantedText = ({ names }: Wanted, directory: string): string => [directory, ...names].join(" ");

const MINUTE_MS = 60_000;
const FIRST_PAUSE_MS = 10 * MINUTE_MS;
const LONGEST_PAUSE_MS = 12 * 60 * MINUTE_MS;

/** Whether it is too early to ask again: an authority counts failures (Let's Encrypt: five an hour for a name). */
export function isTooEarly(trouble: Trouble | undefined, wanted: string, now: number): boolean {
  if (trouble === undefined || trouble.wanted !== wanted) return false;
  const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (trouble.times - 1));
  // A clock that was set back must not make it wait for ever.
  return Math.abs(now - trouble.at) < pause;
}

/** The same trouble once more, or another one. */
export const failedAgain = (
  before: Trouble | undefined,
  wanted: string,
  reason: string,
  now: number,
): Trouble => ({
  wanted,
  reason,
  at: now,
  times: before?.wanted === wanted ? before.times + 1 : 1,
});

/** What of dehydrated's words says what is wrong: the authority's own, its own first error, or its last line. */
export function reasonIn(output: string): string {
  const told = [...output.matchAll(/"detail"\]?\s*:?\s*"((?:[^"\\]|\\.)*)"/g)].at(-1)?.[1];
  const lines = output.split("\n").map((line) => line.trim());
  const own = lines.find((line) => ERROR.test(line)) ?? lines.findLast((line) => line !== "");
  return (told ?? own?.replace(ERROR, "") ?? "it ended without a word").slice(0, 300);
}

const ERROR = /^(\+ )?ERROR: /;
