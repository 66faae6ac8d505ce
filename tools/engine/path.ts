import { join } from "node:path";
import { directories, ENGINE_PROGRAM, executable, prove } from "./prove";
import type { Attempt } from "./types";

/** The first `pulumi` on PATH that will do. */
export async function engineOnPath(env: NodeJS.ProcessEnv): Promise<Attempt> {
  const reasons: string[] = [];
  for (const bin of directories(env.PATH)) {
    if (!(await executable(join(bin, ENGINE_PROGRAM)))) continue;
    const attempt = await prove(bin, "path", env);
    if ("engine" in attempt) return attempt;
    reasons.push(attempt.refused);
  }
  return { refused: reasons.join("; ") || "there is no pulumi on PATH" };
}
