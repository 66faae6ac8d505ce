import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { execa } from "../../lab/host/execa";
import { machineNamespace } from "../../lab/state/names";
import type { LabPlace } from "../../lab/state/plan";

const clone = resolve(__dirname, "../..");
const node = [
  join(clone, "node_modules/.bin/node"),
  "--require",
  join(clone, "node_modules/tsx/dist/cjs/index.cjs"),
];

/** The command that runs one of our programs in a machine's network, with the host's files. */
export const inNetworkOf = (
  { id }: Pick<LabPlace, "id">,
  machine: string,
  program: string,
  ...argv: string[]
): string[] => ["ip", "netns", "exec", machineNamespace(id, machine), ...node, program, ...argv];

/** A program that runs beside a test; it ends when its stdin does. */
export interface Beside {
  /** Resolves with the next line that it prints. */
  line(): Promise<string>;
  tell(text: string): void;
  end(): Promise<unknown>;
  kill(): Promise<unknown>;
}

/** Starts one in a machine's network; half an hour is its limit. */
export async function beside(
  plan: Pick<LabPlace, "id">,
  machine: string,
  program: string,
  ...argv: string[]
): Promise<Beside> {
  const [file = "", ...rest] = inNetworkOf(plan, machine, program, ...argv);
  const child = (await execa)(file, rest, { stdin: "pipe", timeout: 1_800_000 });
  child.catch(() => {});
  child.stdin?.on("error", () => {});
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream })[Symbol.asyncIterator]();
  return {
    async line() {
      const { value, done } = await lines.next();
      if (!done) return value;
      const why = await child.then(
        ({ stderr }) => stderr,
        (error) => error.message,
      );
      throw new Error(`${program} on ${machine} ended: ${why}`);
    },
    tell: (text) => child.stdin?.write(`${text}\n`),
    end: () => {
      child.stdin?.end();
      return child.catch(() => {});
    },
    kill: () => {
      child.kill("SIGKILL");
      return child.catch(() => {});
    },
  };
}
