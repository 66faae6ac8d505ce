import { drain as drainSchema } from "../drain";
import { process } from "../nginx/process";
import type { LooseAws, LooseHosts, Problem } from "./problem";

const byDefault = {
  drain: drainSchema.parse(undefined).seconds,
  shutdownTimeout: process.workers.parse(undefined).shutdownTimeout,
};

/** nginx ends what is left after a reload by itself, and the drain begins with one. */
export function* drainRules({ drain, nginx }: LooseHosts | LooseAws): Generator<Problem> {
  const value = drain?.seconds ?? byDefault.drain;
  const limit = nginx?.workers?.shutdownTimeout ?? byDefault.shutdownTimeout;
  if (typeof value !== "number" || typeof limit !== "number" || value <= limit) return;
  const message = `must not be above nginx.workers.shutdownTimeout (${limit}), after which nginx ends them; raise that one, too, or lower drain.seconds`;
  yield { path: ["drain", "seconds"], value, message };
}
