import { attempt, run } from "../host/run";

/** A table of nftables, in the host's namespace or another. */
export interface Table {
  namespace: string | undefined;
  family: "ip" | "bridge";
  name: string;
}

/**
 * Creates a table with these sets, maps and chains, or makes it have these, in one transaction. The table is never another
 * one: while one takes the other's place a packet can pass both of them, or neither (Linux 6.18: in 11 of 300 times a new
 * connection was lost, at some 500 a second).
 */
export async function replaceTable(table: Table, body: string): Promise<void> {
  const name = `${table.family} ${table.name}`;
  const before = objects(await tryNft(table.namespace, ["list", "table", table.family, table.name]));
  const after = objects(body);
  const gone = (kind: Kind) =>
    before[kind].filter((one) => !after[kind].includes(one)).map((one) => `delete ${kind} ${name} ${one}`);
  const script = [
    `table ${name}`,
    `flush table ${name}`,
    ...before.set.map((one) => `flush set ${name} ${one}`),
    ...before.map.map((one) => `flush map ${name} ${one}`),
    ...gone("chain"),
    ...gone("set"),
    ...gone("map"),
    `table ${name} {\n${body}\n}\n`,
  ];
  await run([...nft(table.namespace), "-f", "-"], { stdin: script.join("\n"), timeoutMs: 15_000 });
}

type Kind = "chain" | "set" | "map";

/** The names of what a table's text has. */
function objects(text: string): Record<Kind, string[]> {
  const named = (kind: Kind) =>
    [...text.matchAll(new RegExp(`^\\s+${kind} (\\S+) \\{`, "gm"))].map(([, name = ""]) => name);
  return { chain: named("chain"), set: named("set"), map: named("map") };
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
