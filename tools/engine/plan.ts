import { UserError } from "../../config/user-error";
import type { Origin } from "./types";
import { OLDEST_VERSION } from "./versions";

/** Which origins may be used: an engine on PATH, and the ways to make one, in order. */
export interface Plan {
  path: boolean;
  make: Exclude<Origin, "path">[];
}

/** The plan for a value of NGINX_HA_ENGINE: unset means everything, otherwise that origin alone. */
export function planFor(forced: string | undefined): Plan {
  switch (forced) {
    case undefined:
    case "":
      return { path: true, make: ["download", "build"] };
    case "path":
      return { path: true, make: [] };
    case "download":
    case "build":
      return { path: false, make: [forced] };
    default:
      throw new UserError(`NGINX_HA_ENGINE: must be path, download or build, not "${forced}"`);
  }
}

/** One step that was tried, and why it gave nothing. */
export interface Refusal {
  step: string;
  reason: string;
}

/** The one error for "no engine": every step with its reason, then what to install. */
export function nothingFound(refusals: Refusal[], goVersion: string): UserError {
  return new UserError(
    [
      "Pulumi's engine is missing and could not be made:",
      ...refusals.map(({ step, reason }) => `  ${step}: ${reason}`),
      `Install Pulumi ${OLDEST_VERSION} or newer (https://www.pulumi.com/docs/install/), or Go ${goVersion} or newer ` +
        "so that it can be built here, and run the same command again.",
    ].join("\n"),
  );
}
