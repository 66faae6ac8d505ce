/**
 * Whether the repository has the variables that a workflow needs; a line for each that is missing, before anything is
 * asked of AWS with half of them.
 *
 * Arguments: their names.
 */
const missing = process.argv.slice(2).filter((name) => !process.env[name]);
for (const name of missing)
  console.log(
    `::error::The variable ${name} is not set, so there are no credentials for this stack: Settings, Secrets and variables, Actions, Variables (docs/stacks.md says what it is)`,
  );
process.exitCode = missing.length > 0 ? 1 : 0;
