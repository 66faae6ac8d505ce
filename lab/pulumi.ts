import { resolve } from "node:path";
import pc from "picocolors";
import { UserError } from "../config/user-error";
import { execa } from "./host/execa";
import { labArguments, stacksIn } from "./pulumi-arguments";
import { findRunning, type Kind } from "./stacks";

const clone = resolve(__dirname, "..");
const report = (line: string): void => console.error(pc.dim(line));

/** `npm run pulumi -- ARGS…`: the engine itself, on the lab's stack, in the lab's surroundings. */
async function main(): Promise<number> {
  const name = process.env.NGINX_HA_LAB;
  const argv = process.argv.slice(2);
  labArguments(argv, "lab-aws", "");
  const asked = stacksIn(argv).map((stack): Kind => (stack === "lab-hosts" ? "hosts" : "aws"));
  const candidates: Kind[] = asked.length > 0 ? asked : ["aws", "hosts"];
  for (const kind of candidates) {
    const lab = await findRunning({ kind, name, clone }, report);
    if (!lab) continue;
    const result = await (await execa)("pulumi", labArguments(argv, lab.stack, lab.file), {
      cwd: clone,
      env: lab.pulumi.env,
      extendEnv: false,
      stdio: "inherit",
      reject: false,
    });
    return result.exitCode ?? 1;
  }
  throw new UserError(
    `There is no lab on ${candidates.join(" or ")}, and this command works on its stack. Start it: npm run lab -- up ${candidates[0]}`,
  );
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
