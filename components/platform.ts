import type * as pulumi from "@pulumi/pulumi";
import type { NodePlace, PairSettings } from "../node/settings";
import type { Machine } from "./machine";

/** What a platform gives a pair: two machines, where they are, and an address to share. */
export interface Platform {
  /** The address that clients use. */
  vip: pulumi.Output<string>;
  pair: pulumi.Output<PairSettings>;
  places: pulumi.Output<[NodePlace, NodePlace]>;
  /** Whether the machines are there already, or the stack makes them. */
  machines: "exist" | "made";
  first: Machine;
  /**
   * The second machine. Where the platform makes machines, it makes or replaces this one after `proof`, so that never
   * both are down.
   */
  second(proof: pulumi.Resource[]): Machine;
}
