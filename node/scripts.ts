import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Release } from "./release";
import { assignments } from "./shell";

export type ScriptName =
  | "ready"
  | "preflight"
  | "install"
  | "keys"
  | "certificates"
  | "stage"
  | "activate"
  | "publish"
  | "purge";

const source = (name: string): string => readFileSync(join(__dirname, "scripts", `${name}.sh`), "utf8");

/**
 * What a shell on the node reads from its stdin: variables, script, then what the script itself reads.
 * Nothing of it appears in argv or in an error. The braces make bash read the script to its end before it runs,
 * so that the input is left for the script.
 */
export function script(name: ScriptName, variables: Record<string, string | number>, input = ""): string {
  return `{\n${assignments(variables)}${source("lib")}\n${source(name)}\nexit 0\n}\n${input}`;
}

/** The lines that `stage` reads: FILE or CONTENT, mode, path, content in base64. */
export const releaseLines = ({ files, content }: Release): string =>
  [
    ...files.map((file) => line("FILE", file)),
    ...content.files.map((file) => line("CONTENT", { mode: "0644", ...file })),
  ].join("");

const line = (
  word: string,
  { mode, path, content }: { mode: string; path: string; content: string },
): string => `${word} ${mode} ${path} ${Buffer.from(content).toString("base64") || "-"}\n`;
