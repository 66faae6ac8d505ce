import { type Command, InvalidArgumentError, Option } from "commander";
import type { Inventory } from "../../config/inventory";
import type { Vantage } from "../probe/prober";
import type { Surroundings } from "./target";

/** Where the prober runs, and what it asks for. */
export interface Probing {
  from?: string;
  url?: string;
}

/** Adds the options of everything that measures. */
export const withProber = (command: Command): Command =>
  command
    .addOption(
      new Option(
        "--from <host>",
        "probe from this host, by your ssh configuration; it needs Node 18 (default: from here)",
      ),
    )
    .addOption(
      new Option(
        "--url <url>",
        "what to ask the VIP for: scheme, name, port, path (default: http://VIP/)",
      ).argParser(webUrl),
    );

function webUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === "http:" || url?.protocol === "https:") return url.href;
  throw new InvalidArgumentError("It must begin with http:// or https://.");
}

/** The prober's place and question for this pair. */
export async function probingOf(
  { from, url }: Probing,
  inventory: Inventory,
  { clients }: Surroundings,
): Promise<{ vantage: Vantage; url: string; where: string }> {
  const { vip, port } = inventory;
  const prefix = from === undefined ? await clients?.(inventory) : undefined;
  return {
    vantage: { ...(from !== undefined && { from }), ...(prefix && { prefix }) },
    url: url ?? `http://${vip}${port === 80 ? "" : `:${port}`}/`,
    where: from ?? (prefix ? "the lab's client" : "here"),
  };
}

/** How many, from a command line. */
export const count =
  (least: number, most: number) =>
  (text: string): number => {
    const value = Number(text);
    if (Number.isInteger(value) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
  };

/** A number of seconds, from a command line. */
export const seconds =
  (least: number, most: number) =>
  (text: string): number => {
    const value = Number(text);
    if (value >= least && value <= most) return value;
    throw new InvalidArgumentError(`It must be ${least} to ${most} seconds.`);
  };
