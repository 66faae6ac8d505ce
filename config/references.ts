import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { dotted } from "./rules/problem";

/** `${stack.output}`, or an element of an output that is a list: `${stack.output.0}`. */
const REFERENCE = /^\$\{([\w-]+)\.([\w-]+)(?:\.(\d+))?\}$/;

const stackNames = z.record(z.string(), z.string().min(1));

/** Gives an output of another stack; it may be unknown to it, or a secret. */
export type Outputs = (stack: string, output: string) => Promise<pulumi.StackReferenceOutputDetails>;

type Path = (string | number)[];

/**
 * Puts what other stacks say in the place of references to them.
 * @param stacks `nginx-ha:stacks`: a name for each stack that is referred to
 * @returns the cluster, and a line for each reference that leads nowhere
 */
export async function resolveReferences(
  cluster: unknown,
  stacks: unknown,
  outputs: Outputs = stackOutputs(),
): Promise<{ cluster: unknown; problems: string[] }> {
  const names = stackNames.safeParse(stacks ?? {});
  if (!names.success)
    return { cluster, problems: ["nginx-ha:stacks: must be names with the stack that each stands for"] };
  const problems: string[] = [];
  const say = (path: Path, text: string, reference: string): undefined => {
    problems.push(`nginx-ha:${dotted(["cluster", ...path])}: ${text} (is "${reference}")`);
  };

  async function one(path: Path, reference: string, parts: RegExpExecArray): Promise<unknown> {
    const [, name = "", output = "", index] = parts;
    const stack = names.data?.[name];
    if (!stack) return say(path, `needs nginx-ha:stacks.${name}, the stack that it refers to`, reference);
    const details = await outputs(stack, output).catch((error: unknown) =>
      say(path, `cannot be read from the stack ${stack}: ${firstLine(error)}`, reference),
    );
    if (!details) return undefined;
    if (details.secretValue !== undefined) return say(path, `is a secret of the stack ${stack}`, reference);
    const value = index === undefined ? details.value : details.value?.[Number(index)];
    if (value === undefined)
      return say(path, `is no output of the stack ${stack}; run its pulumi up first`, reference);
    return value;
  }

  async function walk(value: unknown, path: Path): Promise<unknown> {
    if (typeof value === "string") {
      const parts = REFERENCE.exec(value);
      return parts ? one(path, value, parts) : value;
    }
    if (Array.isArray(value)) return Promise.all(value.map((item, index) => walk(item, [...path, index])));
    if (value === null || typeof value !== "object") return value;
    const entries = Object.entries(value).map(async ([key, inner]) => [
      key,
      await walk(inner, [...path, key]),
    ]);
    return Object.fromEntries(await Promise.all(entries));
  }
  return { cluster: await walk(cluster, []), problems };
}

const firstLine = (error: unknown): string => String((error as Error).message ?? error).split("\n")[0] ?? "";

/** Each stack is asked for once. */
function stackOutputs(): Outputs {
  const known = new Map<string, pulumi.StackReference>();
  return (stack, output) => {
    const reference = known.get(stack) ?? new pulumi.StackReference(stack);
    known.set(stack, reference);
    return reference.getOutputDetails(output);
  };
}
