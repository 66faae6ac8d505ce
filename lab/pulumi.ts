import { resolve } from "node:path";
import pc from "picocolors";
import { UserError } from "../config/user-error";
import { execa } from "./host/execa";
import { openPulumi } from "./pair/engine";
import { stackFile, stackName } from "./pair/stack";
import { labArguments } from "./pulumi-arguments";
import { findLab } from "./state/lifecycle";

const clone = resolve(__dirname, "..");

/** `npm run pulumi -- ARGS…`: the engine itself, on the lab's stack, in the lab's surroundings. */
async function main(): Promise<number> {
  const name = process.env.NGINX_HA_LAB ?? "lab";
  const argv = process.argv.slice(2);
  labArguments(argv, stackName, "");
  const found = await findLab({ name, clone });
  if (!found)
    throw new UserError(
      `There is no lab ${name}, and this command works on its stack. Start it: npm run lab`,
    );
  const { env } = await openPulumi(clone, found.plan.directory, (line) => console.error(pc.dim(line)));
  const result = await (await execa)("pulumi", labArguments(argv, stackName, stackFile(found.plan)), {
    cwd: clone,
    env,
    extendEnv: false,
    stdio: "inherit",
    reject: false,
  });
  return result.exitCode ?? 1;
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    console.error(error instanceof UserError ? `${pc.red("error:")} ${error.message}` : error);
    process.exitCode = 1;
  },
);
