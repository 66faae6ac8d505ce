import { attempt, run } from "../host/run";

/** A table of nftables, in the host's namespace or another. */
export interface Table {
  namespace: string | undefined;
  family: "ip" | "bridge";
  name: string;
}

/** Creates a table with these chains, or replaces it, in one transaction. */
export async function replaceTable(table: Table, body: string): Promise<void> {
  const name = `${table.family} ${table.name}`;
  const script = `table ${name}\ndelete table ${name}\ntable ${name} {\n${body}\n}\n`;
  await run([...nft(table.namespace), "-f", "-"], { stdin: script, timeoutMs: 15_000 });
}

/** Removes a table; says whether it was there. */
export async function removeTable(table: Table): Promise<boolean> {
  const argv = [...nft(table.namespace), "delete", "table", table.family, table.name];
  return (await attempt(argv, { timeoutMs: 15_000 })).exitCode === 0;
}

/** Whether a table is there. */
export async function hasTable(table: Table): Promise<boolean> {
  return (await tables(table.namespace, table.family)).includes(table.name);
}

/** The names of a family's tables. */
export async function tables(namespace: string | undefined, family: Table["family"]): Promise<string[]> {
  const { stdout } = await attempt([...nft(namespace), "list", "tables", family], { timeoutMs: 15_000 });
  return [...stdout.matchAll(/^table \S+ (\S+)$/gm)].map((match) => match[1] ?? "");
}

/** Runs one nft command whose object may be missing. */
export async function tryNft(namespace: string | undefined, command: readonly string[]): Promise<string> {
  const { exitCode, stdout } = await attempt([...nft(namespace), ...command], { timeoutMs: 15_000 });
  return exitCode === 0 ? stdout : "";
}

function nft(namespace: string | undefined): string[] {
  return namespace === undefined ? ["nft"] : ["ip", "netns", "exec", namespace, "nft"];
}
