/** Takes one line of progress at a time; the command line decides how it looks. */
export type Report = (line: string) => void;

/** Progress for nobody. */
export const silent: Report = () => {};

/** Whole seconds since a `performance.now()`, as progress lines show them. */
export function secondsSince(start: number): string {
  return `${Math.max(1, Math.round((performance.now() - start) / 1000))} s`;
}
