import { type Command, Option } from "commander";
import type { Inventory } from "../../config/inventory";
import { UserError } from "../../config/user-error";
import { fileInventory, readInventory } from "../inventory";

/** Which pair a command is about. */
export interface Target {
  stack?: string;
  inventory?: string;
}

/** What is different where the pair runs in a lab. */
export interface Surroundings {
  /** How the pair's nodes are reached. */
  inventoryOf(target: Target): Promise<Inventory>;
  /** Put before the prober's command, so that it runs where the clients are. */
  clients?: (inventory: Inventory) => Promise<string[]>;
  /** Cuts a node's power and gives it back. */
  power?: Power;
}

export interface Power {
  cut(node: string): Promise<unknown>;
  restore(node: string): Promise<unknown>;
}

/** Everywhere but in a lab. */
export const everywhere: Surroundings = {
  inventoryOf({ stack, inventory }) {
    if (inventory !== undefined) return fileInventory(inventory);
    if (stack !== undefined) return readInventory({ stack });
    throw new UserError("Which pair? Say --stack NAME, or --inventory FILE.");
  },
};

/** Adds the two ways to say which pair. */
export const onPair = (command: Command): Command =>
  command
    .addOption(new Option("-s, --stack <name>", "the pair of this Pulumi stack").env("NGINX_HA_STACK"))
    .addOption(
      new Option("-i, --inventory <file>", "the pair of this file: JSON, the stack's output inventory")
        .env("NGINX_HA_INVENTORY")
        .conflicts("stack"),
    );
