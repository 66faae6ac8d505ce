/** One request of the prober; times in milliseconds since the epoch. */
export interface Probe {
  start: number;
  end: number;
  /** The HTTP status; 0 without an answer. */
  status: number;
  /** Whether the connection came about: without it, it was refused or lost. */
  connected?: boolean;
  backend?: string;
  error?: string;
}

/** What a run of the prober comes to. */
export interface Verdict {
  total: number;
  failed: number;
  /** The longest time in which no request was answered, in milliseconds. */
  gap: number;
}

/** Reads what the prober wrote, which is in the order of the ends; in the order of the starts. */
export const parseProbes = (text: string): Probe[] =>
  text
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line) as Probe)
    .filter(({ status }) => status !== undefined)
    .sort((a, b) => a.start - b.start);

/** Whether a request was answered by somebody who could: nginx's own words for a dead backend do not count. */
export const isGood = ({ status }: Probe): boolean => status >= 200 && status < 500;

/** Whether a request had the very answer that our own backends give. */
const isOk = ({ status }: Probe): boolean => status === 200;

type Good = (probe: Probe) => boolean;

/** The requests that went wrong, as an error of a test shows them. */
export const failures = (probes: readonly Probe[]): string =>
  probes
    .filter((probe) => !isOk(probe))
    .slice(0, 40)
    .map(({ start, end, status, error }) => `${start} +${Math.round(end - start)} ms: ${error ?? status}`)
    .join("\n");

/** Judges probes in any order. @param good what counts as an answer; of a site that we know, 200 alone */
export function judge(probes: readonly Probe[], good: Good = isOk): Verdict {
  const failed = probes.filter((probe) => !good(probe)).length;
  return { total: probes.length, failed, gap: longestGap(probes, good).ms };
}

/** The longest time in which no request was answered: infinite when none was. */
export function longestGap(probes: readonly Probe[], good: Good = isOk): { from: number; ms: number } {
  const ends = probes.filter(good).map(({ end }) => end);
  ends.sort((a, b) => a - b);
  let gap = { from: ends[0] ?? 0, ms: ends.length === 0 ? Number.POSITIVE_INFINITY : 0 };
  for (const [index, end] of ends.entries()) {
    const before = ends[index - 1] ?? end;
    if (end - before > gap.ms) gap = { from: before, ms: end - before };
  }
  return { ...gap, ms: Math.round(gap.ms * 10) / 10 };
}
