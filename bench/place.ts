import type { StackSource } from "../cli/inventory";
import { holderOf, type PairStatus } from "../cli/status/pair-status";
import { execInAws } from "../lab/aws/status";
import type { Result } from "../lab/host/run";
import { exec } from "../lab/machines/exec";
import { stackFile, stackName } from "../lab/pair/stack";
import { readStatus } from "../lab/pair/status";
import { machineNamespace } from "../lab/state/names";
import { machineNamed } from "../lab/state/plan";
import { AwsSubject } from "../test/lab/aws/subject";
import { withPair } from "./pair";
import { report } from "./run";

/** A pair, wherever it lives. */
export interface Place {
  what: string;
  vip: string;
  source: StackSource;
  /** The clients' network namespace. */
  client: string;
  status(): Promise<PairStatus>;
  /** Runs a command on a node as root. */
  exec(node: string, argv: readonly string[]): Promise<Result>;
}

/** The pair of lab-hosts, for as long as `work` runs. */
export const withHosts = (name: string, work: (place: Place) => Promise<void>): Promise<void> =>
  withPair(name, ({ plan, pulumi }) =>
    work({
      what: "one L2 segment",
      vip: plan.subnet.vip,
      source: { stack: stackName, configFile: stackFile(plan), env: pulumi.env },
      client: machineNamespace(plan.id, "client"),
      status: () => readStatus(plan),
      exec: (node, argv) => exec(plan, machineNamed(plan, node), argv),
    }),
  );

/** The pair of lab-aws, with an Elastic IP, for as long as `work` runs. */
export async function withRegion(name: string, work: (place: Place) => Promise<void>): Promise<void> {
  const pair = new AwsSubject(name);
  try {
    report("a Region, and a pair in it");
    await pair.start();
    await pair.mustUp();
    await work({
      what: "Elastic IP",
      vip: pair.vip,
      source: pair.source,
      client: machineNamespace(pair.plan.id, "client"),
      status: pair.status,
      exec: (node, argv) => execInAws(pair.plan, node, argv),
    });
  } finally {
    await pair.end();
  }
}

/** @throws Error when nobody has the VIP */
export async function holderNow({ status }: Pick<Place, "status">): Promise<string> {
  const holder = holderOf(await status());
  if (holder === undefined) throw new Error("nobody holds the VIP");
  return holder;
}
