type Fields = Record<string, string | number | undefined>;

/** One line for the journal: what happened, then `key=value`. Nothing secret comes here. */
export function log(what: string, fields: Fields = {}): void {
  const pairs = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}=${/[\s"=]/.test(String(value)) ? JSON.stringify(String(value)) : value}`);
  process.stdout.write(`${[what, ...pairs].join(" ")}\n`);
}

/** An error as one word or line, whatever was thrown. */
export const reasonOf = (error: unknown): string =>
  error instanceof Error ? error.message.replace(/\s+/g, " ") : String(error);
