import type { Fields } from "./shape";

/**
 * The inputs of the two resources, with the original's defaults. `assetPaths` and `archivePaths` of a local
 * command are left out: nothing here uses them.
 *
 * Source: pulumi-command 1.2.1, common/inputs.go, local/base.go, remote/{command,connection,proxyConnection}.go.
 */
const endpoint: Fields = {
  host: { shape: "string", required: true },
  user: { shape: "string", default: "root" },
  port: { shape: "number", default: 22 },
  hostKey: { shape: "string" },
  privateKey: { shape: "string" },
  privateKeyPassword: { shape: "string" },
  password: { shape: "string" },
  agentSocketPath: { shape: "string" },
  dialErrorLimit: { shape: "number", default: 10 },
  perDialTimeout: { shape: "number", default: 15 },
};

const connection: Fields = { ...endpoint, proxy: { shape: { fields: endpoint } } };

const common: Fields = {
  create: { shape: "string" },
  update: { shape: "string" },
  delete: { shape: "string" },
  triggers: { shape: { list: "anything" } },
  stdin: { shape: "string" },
  environment: { shape: { map: "string" } },
  logging: { shape: "string" },
  addPreviousOutputInEnv: { shape: "boolean", default: true },
};

export const remoteInputs: Fields = {
  ...common,
  connection: { shape: { fields: connection }, required: true, secret: true },
};

export const localInputs: Fields = {
  ...common,
  dir: { shape: "string" },
  interpreter: { shape: { list: "string" } },
};

/** How to reach one machine, as typed values; secrets are in the open here. */
export interface Endpoint {
  host: string;
  user: string;
  port: number;
  hostKey?: string;
  privateKey?: string;
  privateKeyPassword?: string;
  password?: string;
  agentSocketPath?: string;
  dialErrorLimit: number;
  perDialTimeout: number;
}

export interface Connection extends Endpoint {
  proxy?: Endpoint;
}

/** Which streams of a command go to the engine's log; all of them when unset. */
export type Logging = "stdout" | "stderr" | "stdoutAndStderr" | "none";

/** What a run needs of either resource. */
export interface Command {
  create?: string;
  update?: string;
  delete?: string;
  stdin?: string;
  environment?: Record<string, string>;
  logging?: Logging;
  addPreviousOutputInEnv?: boolean;
  stdout?: string;
  stderr?: string;
}

export interface RemoteCommand extends Command {
  connection: Connection;
}

export interface LocalCommand extends Command {
  dir?: string;
  interpreter?: string[];
}
