import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { BUILT, buildCommand, goNeeded } from "../../../tools/engine/build";
import { ENGINE_VERSION, engineFault, goFault, readVersion } from "../../../tools/engine/versions";

describe("the engine on PATH", () => {
  it.each([
    ["v3.229.0", undefined],
    ["v3.259.0\n", undefined],
    ["3.300.1", undefined],
    ["v3.260.0-alpha.17+abc", undefined],
    ["warning: something\nv3.259.0", undefined],
    ["v3.228.9", "is version 3.228.9; 3.229.0 or newer, below 4.0.0, is needed"],
    ["v4.0.0", "is version 4.0.0; 3.229.0 or newer, below 4.0.0, is needed"],
    ["v2.25.2", "is version 2.25.2; 3.229.0 or newer, below 4.0.0, is needed"],
    ["", 'does not say its version (it printed "")'],
    ["command not found", 'does not say its version (it printed "command not found")'],
  ])("that prints %j: %s", (text, fault) => {
    expect(engineFault(text)).toBe(fault);
  });

  it("is read without its v and its suffix", () => {
    expect(readVersion("v3.260.0-alpha.17")).toBe("3.260.0");
  });
});

describe("Go on PATH", () => {
  it.each([
    ["go1.26.8", "local", undefined],
    ["go1.25.11", "local", undefined],
    ["go1.26rc1", "local", undefined],
    ["go1.24.4", "auto", undefined],
    ["go1.24.4", "go1.24.4+auto", undefined],
    ["go1.24.4", "local", "is version 1.24.4; 1.25.11 or newer is needed"],
    ["go1.19.8", "auto", "is version 1.19.8; 1.25.11 or newer is needed"],
    ["devel", "auto", 'does not say its version (it printed "devel")'],
  ])("of version %s with GOTOOLCHAIN %s: %s", (found, toolchain, fault) => {
    expect(goFault(found, toolchain, "1.25.11")).toBe(fault);
  });
});

describe("the pins", () => {
  it("are the same in package.json, the Go modules and the code", async () => {
    const { devDependencies } = JSON.parse(readFileSync("package.json", "utf8"));
    expect(devDependencies["@pulumi/pulumi"]).toBe(ENGINE_VERSION);
    for (const tool of BUILT) {
      const module = tool.package.slice(0, tool.package.indexOf("/v3/") + 3);
      expect(readFileSync(`${tool.module}/go.mod`, "utf8")).toContain(`${module} v${tool.version}`);
    }
    expect(await goNeeded()).toMatch(/^1\.\d+/);
  });

  it("reach the engine that is built", () => {
    const engine = BUILT.find(({ program }) => program === "pulumi");
    expect(engine && buildCommand(engine, "/x/pulumi")).toEqual([
      "go",
      "build",
      "-mod=readonly",
      "-trimpath",
      "-buildvcs=false",
      "-ldflags",
      "-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v3.259.0",
      "-o",
      "/x/pulumi",
      "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
    ]);
  });
});
