import { shortOf } from "../../node/sync/tree-hash";

/** Generations of one term, published by one node: term, first number, last number. */
export type Span = readonly [term: number, first: number, last: number];

/** Why a generation was made. */
export type Source = "stack" | "operator" | "rollback" | "conflict";

/** What a generation says of itself. */
export interface Head {
  /** Grows whenever another node publishes than before, so that no two nodes publish in one term. */
  term: number;
  number: number;
  /** Of everything in it. */
  hash: string;
  /** The hash of each source's part. */
  parts: { stack: string; sites: string };
  /** The stack's part that `pulumi up` published last: another one than `parts.stack` after a rollback. */
  declared: string;
  /** The rollback that took the stack's part back, term and number, for as long as `up` has not been let to undo it. */
  rolledBack?: string;
  /** All that it is built upon, itself included. */
  lineage: readonly Span[];
  by: string;
  source: Source;
  /** ISO 8601; for people only: no decision reads a clock. */
  at: string;
}

/** The generation's name on disk and in the status. */
export const idOf = ({ term, number, hash }: Pick<Head, "term" | "number" | "hash">): string =>
  `${term}-${number}-${shortOf(hash)}`;

export const isId = (text: string): boolean => /^[1-9]\d{0,8}-[1-9]\d{0,8}-[0-9a-f]{12}$/.test(text);

export const isOverridden = (head: Pick<Head, "parts" | "declared">): boolean =>
  head.parts.stack !== head.declared;

type Place = Pick<Head, "term" | "number">;

/** Which comes later: positive when it is `a`. */
export const compare = (a: Place, b: Place): number => a.term - b.term || a.number - b.number;

/** What is new in a generation. */
export interface Change extends Pick<Head, "hash" | "parts" | "declared" | "source"> {
  by: string;
  at: string;
  /** A generation elsewhere that it must come after, too. */
  above?: Place;
}

/** The head of the generation that comes after `previous`. */
export function nextHead(previous: Head | undefined, { above, ...change }: Change): Head {
  const sameTerm = previous?.by === change.by && !above;
  const term = sameTerm ? previous.term : Math.max(previous?.term ?? 0, above?.term ?? 0) + 1;
  const number = Math.max(previous?.number ?? 0, above?.number ?? 0) + 1;
  const lineage = extended(previous?.lineage ?? [], term, number);
  const rolledBack = change.source === "rollback" ? `${term}-${number}` : previous?.rolledBack;
  return { ...change, term, number, lineage, ...(isOverridden(change) && rolledBack && { rolledBack }) };
}

/** More changes of the publisher than anybody will see: it keeps a head small for ever. */
const SPANS = 200;

function extended(lineage: readonly Span[], term: number, number: number): readonly Span[] {
  const last = lineage.at(-1);
  if (last && last[0] === term && last[2] === number - 1)
    return [...lineage.slice(0, -1), [term, last[1], number]];
  return [...lineage, [term, number, number] as const].slice(-SPANS);
}

/** Whether `later` was built upon `earlier`. */
export const descends = (later: Head, earlier: Head): boolean =>
  compare(later, earlier) > 0 &&
  later.lineage.some(
    ([term, first, last]) => term === earlier.term && first <= earlier.number && earlier.number <= last,
  );
