import { type ChildProcess, spawn } from "node:child_process";
import { join, resolve } from "node:path";
import { z } from "zod";
import type { outputs } from "../../../cli/output-schemas";
import { attempt, type Result } from "../../../lab/host/run";
import { pair } from "../pair/subject";

const clone = resolve(__dirname, "../../..");
const tsx = join(clone, "node_modules/.bin/tsx");
export const LAB = "test-operator";
/** Of one command, milliseconds: one fits into a test, two do not. */
const LIMIT_MS = 580_000;

const reads = (argv: readonly string[]): boolean => argv[0] === "drill" && argv[1] === "report";

/** The command line as an operator of a lab's pair runs it. */
export const operatorOf =
  (lab: string, stack: "lab-hosts" | "lab-aws", timeoutMs = LIMIT_MS) =>
  (...argv: string[]): Promise<Result> =>
    attempt([tsx, join(clone, "lab/operator.ts"), ...argv, ...(reads(argv) ? [] : ["-s", stack])], {
      env: { NGINX_HA_LAB: lab, NO_COLOR: "1" },
      timeoutMs,
    });

/** Of the pair of these tests. */
export const nginxHa = operatorOf(LAB, "lab-hosts");

/** The same while it goes on, as one process that a signal can meet. What it says comes when it has ended. */
export const beginOf =
  (lab: string) =>
  (...argv: string[]): { child: ChildProcess; ended: Promise<Ended> } => {
    const program = ["--import", "tsx", join(clone, "lab/operator.ts"), ...argv, "-s", "lab-hosts"];
    const child = spawn(join(clone, "node_modules/.bin/node"), program, {
      cwd: clone,
      env: { ...process.env, NGINX_HA_LAB: lab, NO_COLOR: "1" },
      stdio: ["ignore", "pipe", "pipe"],
      timeout: LIMIT_MS,
      killSignal: "SIGKILL",
    });
    const said = { stdout: "", stderr: "" };
    child.stdout.setEncoding("utf8").on("data", (text: string) => (said.stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (said.stderr += text));
    const ended = new Promise<Ended>((done) =>
      child.once("close", (exitCode) => done({ exitCode, ...said })),
    );
    return { child, ended };
  };

export const begin = beginOf(LAB);

interface Ended {
  /** Null when a signal ended it. */
  exitCode: number | null;
  stdout: string;
  stderr: string;
}

/** As anybody's: without the lab's glue, with an environment of its own. */
export const plainNginxHa = (
  argv: string[],
  env: Record<string, string> = {},
  timeoutMs = 60_000,
): Promise<Result> =>
  attempt([tsx, join(clone, "cli/main.ts"), ...argv], {
    cwd: clone,
    env: { ...(pair.lab.pulumi.env as Record<string, string>), NO_COLOR: "1", ...env },
    extendEnv: false,
    timeoutMs,
  });

/** What a command printed as JSON, which must be as the schema in the repository says. */
export function printed<T = unknown>(name: keyof typeof outputs, { stdout }: Result): T {
  const schema = require(join(clone, "cli/schemas", `${name}.schema.json`));
  const value = JSON.parse(stdout);
  z.fromJSONSchema(schema).parse(value);
  return value as T;
}
