import { constants } from "node:os";
import type { Client, ClientChannel } from "ssh2";
import type { Log } from "../provider";
import type { Recorder } from "./output";

/** A variable to set before the script runs; a required one that the server refuses is an error. */
export interface Variable {
  name: string;
  value: string;
  required: boolean;
}

/** What a script gets, and where its output goes. */
interface Run {
  variables: Variable[];
  stdin: string;
  recorder: Recorder;
  log: Log;
}

/** The server would not set a variable; the script did not run. */
export class VariableRefused extends Error {}

/** Runs a script in a session of its own, without a terminal. Throws unless it exits with status 0. */
export function run(client: Client, script: string, { variables, stdin, recorder, log }: Run): Promise<void> {
  return new Promise((resolve, reject) => {
    const follow = (channel: ClientChannel) => {
      let reason: string | undefined = "wait: remote command exited without exit status or exit signal";
      const record = (stream: "stdout" | "stderr") => (chunk: Buffer) => {
        try {
          recorder.write(stream, chunk);
        } catch (error) {
          reject(error);
        }
      };
      channel.on("data", record("stdout"));
      channel.stderr.on("data", record("stderr"));
      channel.on("exit", (status: number | null, signal?: string) => {
        reason = status === 0 ? undefined : exitReason(status, signal ?? "");
      });
      channel.on("close", () => (reason === undefined ? resolve() : reject(new Error(reason))));
      // A script that does not read its input is no failure.
      channel.on("error", () => {});
      channel.end(stdin);
    };
    start(client, script, (set) => setAll(variables, set, log), follow, reject);
  });
}

/** A signal counts as 128 and its number, as it does in a shell. */
function exitReason(status: number | null, signal: string): string {
  if (status !== null) return `Process exited with status ${status}`;
  const name = signal.replace(/^SIG/, "");
  const number = constants.signals[`SIG${name}` as NodeJS.Signals] ?? 0;
  return `Process exited with status ${128 + number} from signal ${name}`;
}

type SetVariable = (variable: Variable) => Promise<boolean>;

async function setAll(variables: Variable[], set: SetVariable, log: Log): Promise<void> {
  for (const variable of variables) {
    if (await set(variable)) continue;
    const advice = `the SSH server refuses to set ${variable.name}: allow it with AcceptEnv, or set it in the script`;
    if (!variable.required) {
      await log.warning(advice);
      continue;
    }
    await log.error(advice);
    throw new VariableRefused(`could not set environment variable "${variable.name}": ssh: setenv failed`);
  }
}

/** The parts of ssh2 1.17.0 that it does not export: it sends variables without asking for an answer. */
interface Internals {
  _protocol: {
    env(channel: number, name: string, value: string, wantReply: boolean): void;
    exec(channel: number, script: string, wantReply: boolean): void;
  };
  _chanMgr: { get(channel: number): { _callbacks: ((failed: boolean | Error) => void)[] } };
}

/**
 * Opens a session and starts the script, after `prepare` has set its variables one by one. `follow` is called
 * at once, not by way of a promise: the exit status may be in the very packet that says the script has started.
 */
function start(
  client: Client,
  script: string,
  prepare: (set: SetVariable) => Promise<void>,
  follow: (channel: ClientChannel) => void,
  fail: (error: unknown) => void,
): void {
  const { _protocol: protocol, _chanMgr: channels } = client as unknown as Internals;
  const exec = protocol.exec.bind(protocol);
  protocol.exec = (id, command, wantReply) => {
    protocol.exec = exec;
    const set: SetVariable = ({ name, value }) =>
      new Promise((answered) => {
        // Answers come in the order of the requests, and that of exec already waits in the queue.
        channels.get(id)._callbacks.unshift((failed) => answered(!failed));
        protocol.env(id, name, value, true);
      });
    prepare(set).then(() => exec(id, command, wantReply), fail);
  };
  client.exec(script, (error, channel) => (error ? fail(error) : follow(channel)));
}
