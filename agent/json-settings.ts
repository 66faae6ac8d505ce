import { readFileSync } from "node:fs";
import { reasonOf } from "./log";

/**
 * Reads a file of settings that `pulumi up` wrote.
 * @param needs what must be there and not empty
 * @throws Error with one sentence that says what is wrong with it
 */
export function readJsonSettings<T extends object>(path: string, needs: readonly (keyof T & string)[]): T {
  let settings: T;
  try {
    settings = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new Error(`${path} cannot be read (${reasonOf(error)}); run pulumi up again`);
  }
  needAll(path, settings, needs);
  return settings;
}

/** @throws Error with the first that is missing */
export function needAll(path: string, settings: object, needs: readonly string[]): void {
  const missing = needs.find((key) => !(settings as Record<string, unknown>)[key]);
  if (missing !== undefined) throw new Error(`${path}: ${missing} is missing; run pulumi up again`);
}
