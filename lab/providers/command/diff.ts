import type { Change } from "../provider";
import { equal, isUnknown } from "../values";
import { unknown, type Value, type Values } from "../wire";
import type { Output } from "./output";
import type { Fields } from "./shape";

/**
 * What changed between the state and the new inputs. Every change is an update, the connection's included;
 * only `triggers` needs a new resource (pulumi-go-provider, infer/resource.go; the replacement for an
 * element of `triggers` comes from the SDK's `replaceOnChanges` there, from here it is the same).
 */
export function diff(fields: Fields, state: Values, news: Values): Record<string, Change> {
  const changes: Record<string, Change> = {};
  for (const name of Object.keys(fields)) {
    const kind = kindOf(state[name], news[name]);
    if (kind !== undefined) changes[name] = { kind, replace: name === "triggers" };
  }
  return changes;
}

function kindOf(before: Value | undefined, after: Value | undefined): Change["kind"] | undefined {
  if (before === undefined) return after === undefined ? undefined : "add";
  if (after === undefined) return "delete";
  return equal(before, after) ? undefined : "update";
}

/** The outputs of a command that has run: its inputs as they came, secrets and all, and what it printed. */
export function outputs(inputs: Values, output: Output): Values {
  return { ...inputs, ...output };
}

/** The outputs that a preview of a create can promise. */
export function previewCreate(inputs: Values): Values {
  return { ...inputs, stdout: unknown, stderr: unknown };
}

/**
 * The outputs that a preview of an update can promise. An input that the old state lacks does not make them
 * unknown, so a preview may show the old output: that is the original's rule (infer/resource.go, markComputed).
 */
export function previewUpdate(fields: Fields, state: Values, news: Values): Values {
  const rerun = Object.keys(fields).some(
    (name) => isUnknown(news[name]) || (name in state && !equal(news[name], state[name])),
  );
  return rerun ? previewCreate(news) : { ...news, stdout: state.stdout ?? "", stderr: state.stderr ?? "" };
}
