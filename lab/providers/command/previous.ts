import type { Command } from "./inputs";

/** What the last run printed, as variables for the next one. Empty output sets nothing. */
export function previousOutput(command: Command): Record<string, string> {
  if (command.addPreviousOutputInEnv === false) return {};
  return {
    ...(command.stdout ? { PULUMI_COMMAND_STDOUT: command.stdout } : {}),
    ...(command.stderr ? { PULUMI_COMMAND_STDERR: command.stderr } : {}),
  };
}
