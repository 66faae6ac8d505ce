import { problemsOf } from "../../cli/status/judge";
import { UserError } from "../../config/user-error";
import { execa } from "../host/execa";
import type { Report } from "../host/report";
import { secondsSince } from "../host/report";
import { waitFor } from "../host/wait";
import type { Release } from "../machines/mirror";
import type { RunningLab } from "../stacks";
import { startLab } from "../state/lifecycle";
import { type LabPlan, labDirectory } from "../state/plan";
import { prepareBackends } from "./backends";
import { openPulumi, type Pulumi } from "./engine";
import { prepareStack, stackFile, stackName } from "./stack";

export interface PairInput {
  name: string;
  clone: string;
  release: Release;
}

/** A lab with the machines on and the stack's configuration written; nothing of the product is on it yet. */
export interface PairLab {
  plan: LabPlan;
  pulumi: Pulumi;
}

/** Boots the machines, finds the engine, writes the stack. */
export async function preparePair(input: PairInput, report: Report): Promise<PairLab> {
  const pulumi = await openPulumi(input.clone, labDirectory(input.clone, input.name), report);
  const plan = await startLab(input, report);
  await Promise.all([prepareBackends(plan), prepareStack(plan, input.clone, pulumi)]);
  return { plan, pulumi };
}

/** Arguments of a Pulumi command that reads the stack's configuration. */
export const onStack = (plan: LabPlan, ...argv: string[]): string[] => [
  ...argv,
  "--stack",
  stackName,
  "--config-file",
  stackFile(plan),
];

/** Runs `pulumi up` in front of the user, then waits until the pair is healthy. */
export async function bringUp(
  lab: Pick<RunningLab, "stack" | "file" | "pulumi" | "status">,
  clone: string,
  report: Report,
): Promise<void> {
  const start = performance.now();
  report(`pulumi up --stack ${lab.stack}`);
  const argv = [
    "up",
    "--yes",
    "--skip-preview",
    "--suppress-outputs",
    "--suppress-permalink=true",
    "--stack",
    lab.stack,
    "--config-file",
    lab.file,
  ];
  const { exitCode } = await (await execa)("pulumi", argv, {
    cwd: clone,
    env: lab.pulumi.env,
    extendEnv: false,
    stdio: "inherit",
    reject: false,
    timeout: 900_000,
  });
  if (exitCode !== 0)
    throw new UserError("pulumi up failed, see above; the machines are still there for a look");
  await waitFor("a healthy pair", 30_000, async () => problemsOf(await lab.status()).length === 0, 200);
  report(`The pair is up after ${secondsSince(start)}`);
}
