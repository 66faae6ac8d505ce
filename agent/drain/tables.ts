import type { Command, Trace } from "./role";

/** nftables' table of either part. */
const TABLE = "nginx_ha_drain";

const FAMILIES = ["ip", "ip6"] as const;
export type Family = (typeof FAMILIES)[number];

/** A part's chains and sets, by what they filter; a family without any has no table. */
export type Chains = Partial<Record<Family, string[]>>;

/** Loads a part's rules in place of those that are there. */
export const load = (chains: Chains): Command => ({
  argv: ["nft", "-f", "-"],
  input: each(chains)
    .map(([family, all]) => {
      const table = `${family} ${TABLE}`;
      return `table ${table}\ndelete table ${table}\ntable ${table} {\n${all.join("")}}\n`;
    })
    .join(""),
});

export const unload = (chains: Chains): Command[] =>
  each(chains).map(([family]) => ({ argv: ["nft", "delete", "table", family, TABLE] }));

export const tableTraces = (chains: Chains): Trace[] =>
  each(chains).map(([family]) => ({
    what: `nftables' table ${family} ${TABLE}`,
    argv: ["nft", "list", "tables", family],
    pattern: new RegExp(`^table ${family} ${TABLE}$`, "m"),
  }));

const each = (chains: Chains): [Family, string[]][] =>
  FAMILIES.flatMap((family): [Family, string[]][] => {
    const all = chains[family] ?? [];
    return all.length > 0 ? [[family, all]] : [];
  });

export const chain = (name: string, hook: string, priority: string, rules: string[]): string =>
  rules.length === 0
    ? ""
    : `    chain ${name} {\n        type filter hook ${hook} priority ${priority}; policy accept;\n${rules.map((rule) => `        ${rule}\n`).join("")}    }\n`;
