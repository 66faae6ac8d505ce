import { join } from "node:path";
import { UserError } from "../../config/user-error";
import { cgroup, createCgroup } from "../host/cgroups";
import type { Result } from "../host/run";
import { runInSession } from "../host/sessions";
import { machineCgroup } from "../state/names";
import type { LabPlace, MachinePlan } from "../state/plan";
import { leaderOf } from "./launcher";
import { readRecord } from "./record";

/** How a command runs in a machine. */
export interface ExecOptions {
  stdin?: string;
  /** Milliseconds until the command is killed; a minute unless told, none for an interactive one. */
  timeoutMs?: number;
  /** Hand this terminal over to the command. */
  interactive?: boolean;
}

/** The command joins the machine's cgroup, so that it freezes and dies with the machine. */
const ENTER = `while [ "$1" != -- ]; do echo $$ > "$1/cgroup.procs"; shift; done
shift
exec nsenter --all --target "$@"
`;

const ENVIRONMENT = {
  HOME: "/root",
  LANG: "C.UTF-8",
  PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
};

/** Runs a command inside a machine as root; its exit code is the result's. */
export async function exec(
  plan: LabPlace,
  machine: Pick<MachinePlan, "name">,
  argv: readonly string[],
  options: ExecOptions = {},
): Promise<Result> {
  const record = await readRecord(plan, machine.name);
  const leader = record?.process ? await leaderOf(record.process) : undefined;
  if (leader === undefined)
    throw new UserError(`The machine ${machine.name} of the lab ${plan.name} is off.`);
  const guests = await cgroup(join(machineCgroup(plan.id, machine.name), "exec"));
  await createCgroup(guests);
  const enter = ["sh", "-c", ENTER, "exec", ...guests.directories, "--", `${leader}`, "--", ...argv];
  const title = `${argv.join(" ")} on ${machine.name}`;
  return runInSession(enter, {
    ...options,
    title,
    env: { ...ENVIRONMENT, TERM: process.env.TERM ?? "dumb" },
  });
}
