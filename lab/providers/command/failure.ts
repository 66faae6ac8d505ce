/**
 * The error of a command that did not succeed: the reason, the script, then what it printed. Standard input is
 * never part of it; a script is, which is why secrets belong on standard input.
 *
 * Source: pulumi-command 1.2.1, remote/commandOutputs.go, local/commandOutputs.go.
 */
export function failure(reason: string, script: string, printed: string): Error {
  return new Error(`${reason}: running ${JSON.stringify(script)}:\n${printed}`);
}

/** The message of whatever was thrown. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
