import type { Left } from "./on-the-lab";

/** What is known of a change. */
export interface Known {
  /** The stacks that it can affect. */
  found: readonly string[];
  /** Stacks whose file it takes away. */
  gone: readonly string[];
  cannot: readonly Left[];
  /** Whether nobody knows since when. */
  unknown: boolean;
}

/** What the job's summary says beside the previews: a sentence for each thing that has none, and why. */
export function sentences({ found, gone, cannot, unknown }: Known): string[] {
  return [
    ...(unknown
      ? ["What changed is not known, because the commit before is not in the history: all stacks."]
      : []),
    ...gone.map(
      (name) =>
        `The file of the stack ${name} is taken away. Nothing destroys the stack: run pulumi destroy --stack ${name} with the file that it had.`,
    ),
    ...cannot.map(({ name, why }) => `No preview of ${name} on the lab: ${why}.`),
    ...(found.length === 0 && gone.length === 0
      ? ["This change touches no stack: there is nothing to preview."]
      : []),
  ];
}
