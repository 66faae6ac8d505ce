import { mkdir, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { withProgress } from "./progress";
import { ENGINE_PROGRAM, HOST_PROGRAM } from "./prove";
import { type Outcome, run } from "./run";
import type { Report } from "./types";
import { ENGINE_VERSION, goFault, goWanted } from "./versions";

/** A program that is built from a Go module of ours, which pins it and all that it needs. */
export interface Tool {
  program: string;
  /** Directory of the module. */
  module: string;
  package: string;
  version: string;
  usually: string;
}

const TOOLS = resolve(__dirname, "..");
const VERSION_VARIABLE = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version";
const BUILD_DEADLINE = 45 * 60_000;

/** The host first: it shows in a minute whether building works here at all. */
export const BUILT: Tool[] = [
  {
    program: HOST_PROGRAM,
    module: join(TOOLS, "pulumi-language-nodejs"),
    package: "github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs",
    // The last series whose module still contains the Node host; it drives the current engine and SDK.
    version: "3.68.0",
    usually: "1 min",
  },
  {
    program: ENGINE_PROGRAM,
    module: join(TOOLS, "pulumi-cli"),
    package: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
    version: ENGINE_VERSION,
    usually: "6 min on two cores",
  },
];

/** The command that builds one tool to `output`, to be run in its module. */
export function buildCommand(tool: Tool, output: string): [string, ...string[]] {
  const linker = `-s -w -X ${VERSION_VARIABLE}=v${tool.version}`;
  const flags = ["-mod=readonly", "-trimpath", "-buildvcs=false", "-ldflags", linker];
  return ["go", "build", ...flags, "-o", output, tool.package];
}

/** Builds the engine and its host into `root/bin`. */
export async function build(root: string, env: NodeJS.ProcessEnv, report: Report): Promise<Outcome> {
  const fault = await goTrouble(env);
  if (fault) return { ok: false, reason: fault };
  await mkdir(join(root, "bin"));
  for (const tool of BUILT) {
    const task = { what: `Building ${tool.program} ${tool.version} from Go modules`, usually: tool.usually };
    const command = buildCommand(tool, join(root, "bin", tool.program));
    const settings = {
      env: { ...env, CGO_ENABLED: "0", GOWORK: "off" },
      cwd: tool.module,
      deadline: BUILD_DEADLINE,
    };
    const outcome = await withProgress(report, task, () => run(command, settings));
    if (!outcome.ok) return { ok: false, reason: `${tool.program}: ${outcome.reason}` };
  }
  return { ok: true, stdout: "" };
}

/** The Go version that both modules can be built with. */
export async function goNeeded(): Promise<string> {
  return goWanted(await readFile(join(TOOLS, "pulumi-cli", "go.mod"), "utf8"));
}

async function goTrouble(env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const settings = { env, cwd: tmpdir(), deadline: 20_000 };
  const said = await run(["go", "env", "GOVERSION", "GOTOOLCHAIN"], settings);
  if (!said.ok) return said.reason === "not found" ? "there is no go on PATH" : `go env: ${said.reason}`;
  const [version = "", toolchain = ""] = said.stdout.split("\n");
  const fault = goFault(version, toolchain, await goNeeded());
  return fault && `go on PATH ${fault}`;
}
