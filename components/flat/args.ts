import { configError } from "../../config/config-error";
import { parseCluster } from "../../config/parse";

/** A backend that is there. */
export interface ServerArgs {
  /** Its address or name. */
  address: string;
  /** 80 unless told. */
  port?: number;
  /** Its share of the requests: 1 unless told. */
  weight?: number;
}

/** Which path goes to which pool. */
export interface RouteArgs {
  /** A prefix of the request's path; the longest one that fits wins. */
  path: string;
  /** The pool that answers. */
  pool: string;
  /** Seconds that the backend may take between two reads: 60 unless told. */
  readTimeout?: number;
}

/**
 * Checks what a flat component was given as a whole cluster.
 * @throws pulumi.RunError with every problem at once, by the paths of `nginx-ha:cluster`
 */
export function clusterOf<P extends "aws" | "hosts">(platform: P, input: object) {
  const parsed = parseCluster({ platform, ...input });
  if ("problems" in parsed) throw configError(parsed.problems);
  if (parsed.cluster.platform !== platform) throw new Error(`parsed as ${parsed.cluster.platform}`);
  return parsed.cluster;
}

/** Everything to the first pool, unless told. */
export const routesOf = (routes: RouteArgs[] | undefined, pools: { name: string }[]): RouteArgs[] =>
  routes ?? pools.slice(0, 1).map(({ name }) => ({ path: "/", pool: name }));
