import type { AwsCluster, HostsCluster } from "../cluster";

/** Where in the configuration a problem is. */
export type Path = (string | number)[];

/** A rule that two keys break together. */
export interface Problem {
  path: Path;
  message: string;
  value: unknown;
}

/** What the rules see: also a configuration that has other problems, so that all are told at once. */
type Loose<T> = T extends (infer Item)[]
  ? Loose<Item>[] | undefined
  : T extends object
    ? { [Key in keyof T]?: Loose<T[Key]> }
    : T | undefined;
export type LooseHosts = Loose<HostsCluster>;
export type LooseAws = Loose<Omit<AwsCluster, "vip">> & {
  vip?: {
    mode?: AwsCluster["vip"]["mode"];
    address?: string;
    routeTables?: string[];
    allocation?: string;
    protect?: boolean;
  };
};

/** A list as it is, or nothing of it when it is none. */
export const items = <T>(list: T[] | undefined): T[] => (Array.isArray(list) ? list : []);

/** A problem for each item whose key another one has, too. */
export function* repeated<T>(
  list: T[],
  key: (item: T) => unknown,
  path: (index: number) => Path,
): Generator<Problem> {
  const seen = new Map<unknown, number>();
  for (const [index, item] of list.entries()) {
    const value = key(item);
    if (value === undefined) continue;
    const first = seen.get(value);
    if (first === undefined) seen.set(value, index);
    else
      yield {
        path: path(index),
        value,
        message: `must be unique, and is the same as ${dotted(path(first))}`,
      };
  }
}

/** `["nodes", 0, "name"]` → `nodes[0].name`. */
export function dotted(path: readonly PropertyKey[]): string {
  return path
    .map((part) => (typeof part === "number" ? `[${part}]` : `.${String(part)}`))
    .join("")
    .replace(/^\./, "");
}
