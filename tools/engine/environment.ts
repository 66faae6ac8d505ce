import { delimiter } from "node:path";
import type { Engine } from "./types";

/** What an engine run of a lab stack depends on; the directories are absolute. */
export interface Surroundings {
  engine: Pick<Engine, "bin">;
  /** Pulumi's own directory, with its plugins. */
  home: string;
  /** Where the stacks' states are kept. */
  stateDir: string;
  base: NodeJS.ProcessEnv;
}

// A lab stack must never reach an account, an agent or a stack of whoever runs it.
const DROPPED = [
  /^AWS_/,
  /^SSH_AUTH_SOCK$/,
  /^PULUMI_ACCESS_TOKEN$/,
  /^PULUMI_CONFIG_PASSPHRASE_FILE$/,
  /^PULUMI_STACK$/,
];

/** The environment for engine runs of lab stacks: their own state, plugins and passphrase, and nobody's credentials. */
export function engineEnvironment({ engine, home, stateDir, base }: Surroundings): NodeJS.ProcessEnv {
  const inherited = Object.entries(base).filter(([name]) => !DROPPED.some((rule) => rule.test(name)));
  return {
    ...Object.fromEntries(inherited),
    PATH: base.PATH ? `${engine.bin}${delimiter}${base.PATH}` : engine.bin,
    PULUMI_HOME: home,
    PULUMI_BACKEND_URL: `file://${stateDir}`,
    PULUMI_CONFIG_PASSPHRASE: "lab",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
  };
}
