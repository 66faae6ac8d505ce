import { comment, preview } from "../tools/ci/comment";
import type { RunningLab } from "./stacks";

/** Previews the lab's stack with this clone's program. @returns Markdown, and whether the preview succeeded */
export async function previewComment(
  stack: string,
  { stack: own, file, pulumi }: RunningLab,
): Promise<{ text: string; failed: boolean }> {
  const argv = ["preview", "--json", "--stack", own, "--config-file", file];
  const { exitCode, stdout, stderr } = await pulumi.attempt(argv);
  const read = preview.safeParse(jsonOf(stdout));
  const title = `${stack}, on a Region of the lab`;
  if (read.success) return { text: comment(title, read.data), failed: exitCode !== 0 };
  const diagnostics = [{ severity: "error", message: stderr.trim() || stdout.trim() }];
  return { text: comment(title, { steps: [], diagnostics }), failed: true };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
