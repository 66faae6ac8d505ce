import { describe, expect, it } from "vitest";
import { nothingFound, planFor } from "../../../tools/engine/plan";

describe("NGINX_HA_ENGINE", () => {
  it.each([
    [undefined, { path: true, make: ["download", "build"] }],
    ["", { path: true, make: ["download", "build"] }],
    ["path", { path: true, make: [] }],
    ["download", { path: false, make: ["download"] }],
    ["build", { path: false, make: ["build"] }],
  ])("%s", (forced, plan) => {
    expect(planFor(forced)).toEqual(plan);
  });

  it("refuses any other word", () => {
    expect(() => planFor("brew")).toThrow('NGINX_HA_ENGINE: must be path, download or build, not "brew"');
  });
});

it("the error names every step with its reason, then what to install", () => {
  const error = nothingFound(
    [
      { step: "on PATH", reason: "there is no pulumi on PATH" },
      { step: "official download", reason: "fetch failed" },
    ],
    "1.25.11",
  );
  expect(error.name).toBe("UserError");
  expect(error.message).toBe(`Pulumi's engine is missing and could not be made:
  on PATH: there is no pulumi on PATH
  official download: fetch failed
Install Pulumi 3.229.0 or newer (https://www.pulumi.com/docs/install/), or Go 1.25.11 or newer so that it can be built here, and run the same command again.`);
});
