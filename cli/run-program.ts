import { type Command, CommanderError } from "commander";
import pc from "picocolors";
import { UserError } from "../config/user-error";

/** Runs a command line: a mistake is one sentence and exit code 2, our own mistakes keep their stack. */
export async function runProgram(program: Command, argv = process.argv): Promise<void> {
  for (const command of [program, ...program.commands, ...program.commands.flatMap((one) => one.commands)])
    command.exitOverride();
  try {
    await completable(program, argv);
    await program.parseAsync(argv);
  } catch (error) {
    process.exitCode = 2;
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
    else if (error instanceof UserError) console.error(`${pc.red("error:")} ${error.message}`);
    else if (error instanceof Error && error.name === "AbortError") process.exitCode = 130;
    else console.error(error);
  }
}

/** Completions are loaded for whoever asks for them: bash, zsh, fish. */
async function completable(program: Command, argv: readonly string[]): Promise<void> {
  if (!["completion", "complete"].includes(argv[2] ?? "")) return;
  const { default: tab } = await import("@bomb.sh/tab/commander");
  tab(program, { completionCommandName: "completion" });
}
