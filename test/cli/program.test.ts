import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { newProgram } from "../../cli/program";

const commands = newProgram().commands;

it.each(
  commands.map((command) => [command.name(), command] as const),
)("%s: examples in its help, and a page", (name, command) => {
  let help = "";
  command.configureOutput({ writeOut: (text) => (help += text) });
  command.outputHelp();
  expect(help).toContain("Examples:\n  nginx-ha ");
  expect(existsSync(join(__dirname, "../../docs/commands", `${name}.md`))).toBe(true);
});

it("has the commands of an operator", () => {
  expect(commands.map((command) => command.name())).toEqual([
    "status",
    "switchover",
    "drill",
    "logs",
    "ssh",
    "publish",
    "rollback",
    "upgrade",
    "purge",
  ]);
});
