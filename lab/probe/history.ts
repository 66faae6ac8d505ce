/** One request of the prober; times in milliseconds since the epoch. */
export interface Probe {
  start: number;
  end: number;
  /** The HTTP status; 0 without an answer. */
  status: number;
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
    .sort((a, b) => a.start - b.start);

/** The requests that went wrong, as an error of a test shows them. */
export const failures = (probes: readonly Probe[]): string =>
  probes
    .filter(({ status }) => status !== 200)
    .slice(0, 40)
    .map(({ start, end, status, error }) => `${start} +${Math.round(end - start)} ms: ${error ?? status}`)
    .join("\n");

/** Judges a history; a request is good when the answer was 200. */
export function judge(probes: readonly Probe[]): Verdict {
  const good = probes.filter(({ status }) => status === 200).map(({ end }) => end);
  good.sort((a, b) => a - b);
  let gap = 0;
  for (const [index, end] of good.entries()) gap = Math.max(gap, end - (good[index - 1] ?? end));
  if (good.length === 0) gap = Number.POSITIVE_INFINITY;
  return { total: probes.length, failed: probes.length - good.length, gap: Math.round(gap * 10) / 10 };
}
