import { z } from "zod";

const step = z.looseObject({
  op: z.string(),
  urn: z.string(),
  diffReasons: z.array(z.string()).nullish(),
  replaceReasons: z.array(z.string()).nullish(),
});

/** What `pulumi preview --json` prints, as far as it is shown. */
export const preview = z.looseObject({
  steps: z.array(step).default([]),
  diagnostics: z.array(z.looseObject({ severity: z.string(), message: z.string() })).default([]),
});

export type Preview = z.output<typeof preview>;

const SIGNS: Record<string, string> = {
  create: "+",
  update: "~",
  delete: "-",
  replace: "±",
  "create-replacement": "±",
};
/** Steps that say once more what another one says, or that nothing changes. */
const SILENT = new Set([
  "same",
  "read",
  "refresh",
  "delete-replaced",
  "discard-replaced",
  "read-replacement",
]);

/**
 * A preview as Markdown for a pull request: what is made, changed, replaced and deleted, by name. Properties are
 * named, values never shown: some are secrets.
 * @param title the stack, and where it was previewed
 */
export function comment(title: string, { steps, diagnostics }: Preview): string {
  const shown = new Map<string, string>();
  const counts = new Map<string, number>();
  for (const one of steps) {
    if (SILENT.has(one.op) || one.urn.includes("::pulumi:pulumi:Stack::")) continue;
    const op = one.op === "create-replacement" ? "replace" : one.op;
    if (!shown.has(one.urn)) counts.set(op, (counts.get(op) ?? 0) + 1);
    const why = one.replaceReasons?.length ? one.replaceReasons : (one.diffReasons ?? []);
    const row = `| ${SIGNS[op] ?? ""} ${op} | ${typeOf(one.urn)} | ${nameOf(one.urn)} | ${why.map(code).join(", ")} |`;
    shown.set(one.urn, row);
  }
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  const summary = [...counts].map(([op, count]) => `${count} to ${op}`).join(", ") || "no changes";
  return [
    `### ${title}: ${errors.length > 0 ? "the preview failed" : summary}`,
    ...(errors.length > 0 ? ["", "```", ...errors.map(({ message }) => plain(message)), "```"] : []),
    ...(shown.size > 0 ? ["", "| | type | name | because of |", "|---|---|---|---|", ...shown.values()] : []),
    "",
  ].join("\n");
}

const nameOf = (urn: string): string => code(urn.split("::").at(-1) ?? "");
/** The innermost type of a URN, e.g. `aws:ec2/instance:Instance`. */
const typeOf = (urn: string): string => urn.split("::").at(-2)?.split("$").at(-1) ?? "";
const code = (text: string): string => `\`${text.replaceAll("|", "\\|")}\``;

/** Without colours, and without anything that would end the block. */
function plain(message: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what colours are made of
  const bare = message.replace(/<\{%[^%]*%\}>|\u001b\[[0-9;]*m/g, "");
  return bare.replaceAll("```", "'''").trim();
}
