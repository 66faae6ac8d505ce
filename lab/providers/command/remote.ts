import type { Context } from "../provider";
import { dial } from "./dial";
import { failure, reasonOf } from "./failure";
import type { RemoteCommand } from "./inputs";
import { type Output, Recorder } from "./output";
import { previousOutput } from "./previous";
import { run, type Variable, VariableRefused } from "./session";

/**
 * Runs a script on a machine over SSH. The time limit ends only the dialling: a script that runs is waited for.
 *
 * Source: pulumi-command 1.2.1, remote/commandOutputs.go.
 */
export async function runRemote(command: RemoteCommand, script: string, context: Context): Promise<Output> {
  const recorder = new Recorder(context.log, command.logging);
  const connected = await dial(command.connection, context);
  try {
    await run(connected.client, script, {
      variables: variables(command),
      stdin: command.stdin ?? "",
      recorder,
      log: context.log,
    });
  } catch (error) {
    await recorder.end();
    if (error instanceof VariableRefused) throw error;
    throw failure(reasonOf(error), script, recorder.everything());
  } finally {
    connected.close();
  }
  return recorder.end();
}

function variables(command: RemoteCommand): Variable[] {
  const given = Object.entries(command.environment ?? {});
  const previous = Object.entries(previousOutput(command));
  return [
    ...given.map(([name, value]) => ({ name, value, required: true })),
    ...previous.map(([name, value]) => ({ name, value, required: false })),
  ];
}
