import { spawn } from "node:child_process";
import type { Context } from "../provider";
import { failure, reasonOf } from "./failure";
import type { LocalCommand } from "./inputs";
import { type Output, Recorder } from "./output";
import { previousOutput } from "./previous";

/**
 * Runs a script on this machine. The time limit kills it, unlike a remote one.
 *
 * Source: pulumi-command 1.2.1, local/commandOutputs.go.
 */
export async function runLocal(command: LocalCommand, script: string, context: Context): Promise<Output> {
  const recorder = new Recorder(context.log, command.logging);
  const [program = "/bin/sh", ...args] = command.interpreter?.length
    ? command.interpreter
    : ["/bin/sh", "-c"];
  try {
    await ended(program, [...args, script], command, recorder, context.signal);
  } catch (error) {
    await recorder.end();
    throw failure(reasonOf(error), script, recorder.everything());
  }
  return recorder.end();
}

function ended(
  program: string,
  args: string[],
  command: LocalCommand,
  recorder: Recorder,
  signal: AbortSignal,
): Promise<void> {
  const env = { ...process.env, ...command.environment, ...previousOutput(command) };
  const stdin = command.stdin ? "pipe" : "ignore";
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: command.dir, env, stdio: [stdin, "pipe", "pipe"] });
    const kill = () => child.kill("SIGKILL");
    const stop = (error: unknown) => {
      kill();
      reject(error);
    };
    const record = (stream: "stdout" | "stderr") => (chunk: Buffer) => {
      try {
        recorder.write(stream, chunk);
      } catch (error) {
        stop(error);
      }
    };
    if (signal.aborted) kill();
    signal.addEventListener("abort", kill);
    child.stdout?.on("data", record("stdout"));
    child.stderr?.on("data", record("stderr"));
    // A script that does not read its input is no failure.
    child.stdin?.on("error", () => {});
    child.stdin?.end(command.stdin);
    child.on("error", stop);
    child.on("close", (status, by) => {
      signal.removeEventListener("abort", kill);
      if (status === 0) resolve();
      else reject(new Error(by === null ? `exit status ${status}` : `signal: ${by}`));
    });
  });
}
