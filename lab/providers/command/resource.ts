import { randomBytes } from "node:crypto";
import type { Change, Context, Failure } from "../provider";
import { nameOf } from "../urn";
import { reveal } from "../values";
import { Secret, type Values } from "../wire";
import { diff, outputs, previewCreate, previewUpdate } from "./diff";
import { reasonOf } from "./failure";
import type { Command } from "./inputs";
import type { Output } from "./output";
import { type Fields, shapeFields } from "./shape";

/** How one kind of command runs a script. */
type Runner<C extends Command> = (command: C, script: string, context: Context) => Promise<Output>;

/** The life of a command resource, local or remote: they differ in their inputs and in how they run. */
export class CommandResource<C extends Command> {
  constructor(
    private readonly fields: Fields,
    private readonly runner: Runner<C>,
  ) {}

  check(news: Values): { inputs: Values; failures: Failure[] } {
    const failures: Failure[] = [];
    return { inputs: shapeFields(news, this.fields, "", failures), failures };
  }

  diff(state: Values, news: Values): Record<string, Change> {
    return diff(this.fields, state, news);
  }

  /** A create that fails leaves nothing behind: the engine saves no state, and creates again next time. */
  async create(inputs: Values, context: Context): Promise<{ id: string; outputs: Values }> {
    const id = `${nameOf(context.urn)}${randomBytes(4).toString("hex")}`;
    if (context.preview) return { id, outputs: previewCreate(inputs) };
    return { id, outputs: outputs(inputs, await this.#run(inputs, ["create"], context)) };
  }

  async update(state: Values, news: Values, context: Context): Promise<Values> {
    if (context.preview) return previewUpdate(this.fields, state, news);
    const { stdout = "", stderr = "" } = state;
    return outputs(news, await this.#run({ ...news, stdout, stderr }, ["update", "create"], context));
  }

  /** Runs over the connection in the state, which is the one that created the resource or last updated it. */
  async delete(state: Values, context: Context): Promise<void> {
    await this.#run(state, ["delete"], context);
  }

  /** Runs the first script that there is. Without one, nothing is connected to and the output stays. */
  async #run(values: Values, scripts: (keyof Command)[], context: Context): Promise<Output> {
    const command = reveal(values) as unknown as C;
    const name = scripts.find((script) => command[script] !== undefined);
    if (name === undefined) return { stdout: command.stdout ?? "", stderr: command.stderr ?? "" };
    const script = String(command[name]);
    try {
      return await this.runner(command, script, context);
    } catch (error) {
      if (!(values[name] instanceof Secret)) throw error;
      throw new Error(reasonOf(error).replaceAll(JSON.stringify(script), "[secret]"));
    }
  }
}
