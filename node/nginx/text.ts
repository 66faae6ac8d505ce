/** Lines of a configuration file, without their indentation. */
export type Lines = string[];

/** A block of directives: its head, the directives inside, and its end. */
export const block = (head: string, inside: Lines): Lines => [
  `${head} {`,
  ...inside.map((line) => (line === "" ? "" : `    ${line}`)),
  "}",
];

/** A variable whose value is a dollar sign: nginx has no other way to write one where it expands variables. */
export const dollar = "nginx_ha_dollar";

/** A parameter in quotes that nginx reads as this text; where it expands variables, see `literal`. */
export const quoted = (text: string): string =>
  `"${text
    .replaceAll("\\", "\\\\")
    .replaceAll('"', '\\"')
    .replaceAll("\n", "\\n")
    .replaceAll("\r", "\\r")
    .replaceAll("\t", "\\t")}"`;

/** The same where nginx expands variables: of the text's dollar signs none does. */
export const literal = (text: string): string => quoted(text).replaceAll("$", `\${${dollar}}`);

/** What stands for a key of requests (`config/nginx/text.ts`) in nginx's variables. */
export function variableOf(key: string): string {
  const [kind = "", name = ""] = key.split(":");
  const lower = name.toLowerCase().replaceAll("-", "_");
  if (kind === "header") return `$http_${lower}`;
  if (kind === "cookie") return `$cookie_${name}`;
  return (
    { address: "$remote_addr", host: "$host", uri: "$request_uri", method: "$request_method" }[kind] ?? ""
  );
}

/** Seconds as nginx has them: 60s, 2500ms. */
export const time = (seconds: number): string =>
  Number.isInteger(seconds) ? `${seconds}s` : `${Math.round(seconds * 1000)}ms`;

/** An address as it stands before a port. */
export const hostOf = (address: string): string => (address.includes(":") ? `[${address}]` : address);

/** A name as part of a variable's: `per-address` → `per_address`. */
export const word = (name: string): string => name.replaceAll("-", "_");
