import type { Endpoint } from "../../../../lab/ec2/api/answer";
import { runRegion } from "../../../../lab/ec2/api/region-runner";
import { noFaults } from "../../../../lab/ec2/faults";
import { administrator } from "../../../../lab/ec2/iam/caller";
import { reached } from "../../../../lab/ec2/model/lifecycle";
import type { InstanceState, Region } from "../../../../lab/ec2/model/state";
import { ACCOUNT, emptyRegion } from "../model/pair";

export const OPERATOR = { key: "AKIALABOPERATOR00000", secret: "an operator's secret" };

/** An endpoint with one operator, whose machines reach at once what they are told to. */
export function endpoint(region: Region = emptyRegion(), now: () => number = Date.now): Endpoint {
  const runner = runRegion(region, now);
  runner.subscribe(({ instances }) => {
    for (const { id, state } of Object.values(instances)) {
      const next = NEXT[state];
      if (next) queueMicrotask(() => runner.apply((current) => reached(current, id, next)));
    }
  });
  const operator = {
    accessKeyId: OPERATOR.key,
    secretAccessKey: OPERATOR.secret,
    caller: administrator(ACCOUNT),
  };
  return { runner, keys: [operator], faults: noFaults(), now };
}

const NEXT: Partial<Record<InstanceState, "running" | "stopped" | "terminated">> = {
  pending: "running",
  stopping: "stopped",
  "shutting-down": "terminated",
};
