import type { Values } from "./wire";

/** What a stand-in has to say about inputs that it refuses: the path of the input and the rule. */
export interface Failure {
  property: string;
  reason: string;
}

/** One changed input. */
export interface Change {
  kind: "add" | "update" | "delete";
  replace: boolean;
}

/** What an operation on a resource may use: whom it is for, when to give up, where to report. */
export interface Context {
  urn: string;
  preview: boolean;
  /** Aborted at the resource's own time limit, and when the engine cancels. */
  signal: AbortSignal;
  log: Log;
}

/** Messages on the resource's line in the engine's display. */
export interface Log {
  /** Shown while the operation runs, then gone. */
  status(message: string): Promise<void>;
  warning(message: string): Promise<void>;
  error(message: string): Promise<void>;
}

/** A stand-in for a provider plugin: the verbs that the engine uses, on property values. */
export interface Provider {
  name: string;
  version: string;
  /** Configuration as the program gave it; asked before any resource. */
  checkConfig?(news: Values): { inputs: Values; failures: Failure[] };
  configure?(config: Values): Promise<void> | void;
  /** `olds` are the inputs of last time. */
  check(urn: string, news: Values, olds: Values): { inputs: Values; failures: Failure[] };
  /** `olds` is the state of last time, `oldInputs` what the program had said. */
  diff(urn: string, olds: Values, news: Values, oldInputs: Values): Record<string, Change>;
  create(inputs: Values, context: Context): Promise<{ id: string; outputs: Values }>;
  /** Undefined when the resource is gone. Without it, a refresh returns the state as it is. */
  read?(id: string, state: Values, inputs: Values, context: Context): Promise<Read | undefined>;
  update(id: string, olds: Values, news: Values, context: Context): Promise<Values>;
  delete(id: string, state: Values, context: Context): Promise<void>;
  invoke?(token: string, args: Values): Promise<Values>;
}

/** What a provider found when it looked at a resource. */
export interface Read {
  id: string;
  state: Values;
  inputs: Values;
}
