import { TUNNEL_PORT } from "../../config/tunnel";
import type { DrainSettings } from "../../node/drain/settings";
import { ask } from "../health/probe";
import { ServingAt } from "../serving";
import { farEnd } from "./tunnel";

const TRIES = 3;
const LIMIT_MS = 1000;

/**
 * Asks the peer's nginx through the tunnel, before anything is moved: where nothing comes through, clients would wait for
 * what vanishes. It asks from one end for the other: what a firewall of the node's does to forwarded packets it does not see.
 * @throws Error with one sentence
 */
export async function proveTunnel({ tunnel, peer, healthName }: DrainSettings): Promise<void> {
  if (!tunnel) return;
  const { port } = new ServingAt("/etc/nginx-ha/serving").known;
  for (let count = 0; count < TRIES; count++)
    if ((await ask({ address: farEnd(tunnel), port, healthName }, "/", LIMIT_MS)) !== undefined) return;
  throw new Error(
    `nothing comes back through the tunnel to ${peer.address}: let UDP ${TUNNEL_PORT} pass between the nodes (or its nginx is not well)`,
  );
}
