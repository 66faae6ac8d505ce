/** A word that the shell takes literally. */
export const quoted = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;

/** `NAME='value'` lines, for a script or for systemd's and the shell's environment files. */
export const assignments = (values: Record<string, string | number>): string =>
  Object.entries(values)
    .map(([name, value]) => `${name}=${quoted(String(value))}\n`)
    .join("");
