export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** Median, from where to where, of how many: `15,500 (15,100–15,900, n=5)`. */
export function spread(values: readonly number[], digits = 0): string {
  const shown = (value: number): string =>
    value.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });
  return `${shown(median(values))} (${shown(Math.min(...values))}–${shown(Math.max(...values))}, n=${values.length})`;
}
