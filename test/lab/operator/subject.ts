import { join, resolve } from "node:path";
import { z } from "zod";
import type { outputs } from "../../../cli/output-schemas";
import { attempt, type Result } from "../../../lab/host/run";
import { pair } from "../pair/subject";

const clone = resolve(__dirname, "../../..");
const tsx = join(clone, "node_modules/.bin/tsx");
export const LAB = "test-operator";

/** The command line as an operator of the lab's pair runs it. */
export const nginxHa = (...argv: string[]): Promise<Result> =>
  attempt(
    [
      tsx,
      join(clone, "lab/operator.ts"),
      ...argv,
      ...(argv[0] === "drill" && argv[1] === "report" ? [] : ["-s", "lab-hosts"]),
    ],
    {
      env: { NGINX_HA_LAB: LAB, NO_COLOR: "1" },
      timeoutMs: 580_000,
    },
  );

/** As anybody's: without the lab's glue, with an environment of its own. */
export const plainNginxHa = (argv: string[], env: Record<string, string> = {}): Promise<Result> =>
  attempt([tsx, join(clone, "cli/main.ts"), ...argv], {
    cwd: clone,
    env: { ...(pair.lab.pulumi.env as Record<string, string>), NO_COLOR: "1", ...env },
    extendEnv: false,
    timeoutMs: 60_000,
  });

/** What a command printed as JSON, which must be as the schema in the repository says. */
export function printed<T = unknown>(name: keyof typeof outputs, { stdout }: Result): T {
  const schema = require(join(clone, "cli/schemas", `${name}.schema.json`));
  const value = JSON.parse(stdout);
  z.fromJSONSchema(schema).parse(value);
  return value as T;
}
