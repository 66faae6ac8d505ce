import { readdirSync, readFileSync } from "node:fs";

/** The arguments of all processes that this machine sees while `work` runs, those inside the lab's machines included. */
export async function argumentsWhile(work: () => Promise<unknown>): Promise<string> {
  const seen = new Set<string>();
  const timer = setInterval(() => {
    for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
      try {
        seen.add(readFileSync(`/proc/${pid}/cmdline`, "utf8"));
      } catch {
        // ended meanwhile
      }
    }
  }, 20);
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
  return [...seen].join("\n");
}
