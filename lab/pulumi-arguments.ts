import { UserError } from "../config/user-error";

/** Commands that take a stack; the others (version, plugin, …) are passed on as they are. */
const withStack = new Set([
  "up",
  "update",
  "preview",
  "pre",
  "destroy",
  "refresh",
  "config",
  "stack",
  "cancel",
  "state",
  "logs",
  "history",
  "env",
]);
const withConfigFile = new Set(["up", "update", "preview", "pre", "destroy", "refresh", "config"]);
const namesStack = new Set(["init", "new", "select", "rm", "unselect"]);

/**
 * The arguments for the lab's engine: the lab's stack and its configuration file where the command takes them.
 * @throws UserError for a stack that is not the lab's: its passphrase is public and its plugins may be stand-ins.
 */
export function labArguments(argv: readonly string[], stack: string, configFile: string): string[] {
  for (const name of stacksIn(argv)) {
    if (!name.startsWith("lab-")) {
      throw new UserError(
        `The stack ${name} is not a lab's: npm run pulumi has a public passphrase and may use stand-in plugins. For ${name}, run plain pulumi: pulumi ${argv.join(" ")}`,
      );
    }
  }
  const [command = ""] = argv.filter((argument) => !argument.startsWith("-"));
  const given = [...argv];
  if (withStack.has(command) && stacksIn(argv).length === 0) given.push("--stack", stack);
  if (withConfigFile.has(command) && !argv.some((a) => a.startsWith("--config-file")))
    given.push("--config-file", configFile);
  return given;
}

/** The stacks that a command names. */
export function stacksIn(argv: readonly string[]): string[] {
  const stacks: string[] = [];
  for (const [index, argument] of argv.entries()) {
    const next = argv[index + 1];
    if ((argument === "-s" || argument === "--stack") && next !== undefined) stacks.push(next);
    const inline = /^(?:--stack=|-s=?)(.+)$/.exec(argument)?.[1];
    if (inline !== undefined) stacks.push(inline);
    const positional = argv[index - 1] === "stack" && namesStack.has(argument) ? next : undefined;
    if (positional !== undefined && !positional.startsWith("-")) stacks.push(positional);
  }
  return stacks.map((name) => name.split("/").pop() ?? name);
}
