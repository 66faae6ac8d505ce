import * as pulumi from "@pulumi/pulumi";

/** Every problem of a stack's configuration as one error, which Pulumi shows without a stack trace. */
export function configError(problems: string[]): pulumi.RunError {
  const count = problems.length === 1 ? "a problem" : `${problems.length} problems`;
  const lines = problems.map((problem) => `  ${problem}`).join("\n");
  return new pulumi.RunError(`the stack's configuration has ${count}; nothing was changed\n${lines}`);
}
