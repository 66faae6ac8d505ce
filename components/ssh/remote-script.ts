import { remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { type ScriptName, script } from "../../node/scripts";
import type { Machine } from "../machine";

export interface RemoteScriptArgs {
  machine: Machine;
  script: ScriptName;
  variables: Record<string, pulumi.Input<string | number>>;
  /** What the script reads from its stdin. May be secret: it is in no argv, log or error. */
  input?: pulumi.Input<string>;
  /** Seconds that the script may take on the node. */
  limit: pulumi.Input<number>;
}

/**
 * The one way in which the stack changes a node: a constant command, everything else on stdin. Errors of the
 * command provider print the command, so they stay short and hold nothing secret.
 */
export function remoteScript(
  name: string,
  { machine, script: scriptName, variables, input, limit }: RemoteScriptArgs,
  opts: pulumi.CustomResourceOptions,
): remote.Command {
  const stdin = pulumi
    .all([pulumi.output(variables), pulumi.output(input ?? "")])
    .apply(([values, text]) => script(scriptName, values, text));
  // A machine that boots is dialled until it answers, or until the resource's own time limit.
  const connection =
    scriptName === "ready"
      ? pulumi.output(machine.connection).apply((one) => ({ ...one, dialErrorLimit: -1 }))
      : machine.connection;
  const sudo = machine.user === "root" ? "" : "sudo -n ";
  return new remote.Command(
    name,
    {
      connection,
      create: pulumi.interpolate`${sudo}timeout ${limit} bash -s`,
      stdin,
      triggers: [machine.id],
      addPreviousOutputInEnv: false,
    },
    { ...opts, ...(machine.resource && { deletedWith: machine.resource }) },
  );
}
