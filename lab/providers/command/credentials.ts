import { createConnection } from "node:net";
import { type AuthenticationType, type ConnectConfig, utils } from "ssh2";
import { reasonOf } from "./failure";
import type { Endpoint } from "./inputs";

/** How to prove who we are: ssh2's settings, and the methods in the order in which they are tried. */
export type Credentials = Pick<
  ConnectConfig,
  "privateKey" | "passphrase" | "password" | "agent" | "tryKeyboard"
> & {
  methods: AuthenticationType[];
};

/**
 * The credentials of an endpoint: its key, then its password, then an agent. What is wrong here is wrong for
 * good, so it is found before the first dial. An agent that is named must answer, even beside a good key.
 *
 * Source: pulumi-command 1.2.1, remote/connection.go, connection_unix.go.
 */
export async function credentials(to: Endpoint): Promise<Credentials> {
  const agent = to.agentSocketPath ?? (process.env.SSH_AUTH_SOCK || undefined);
  if (to.privateKey !== undefined) checkKey(to.privateKey, to.privateKeyPassword);
  if (agent !== undefined) await checkAgent(agent);
  return {
    privateKey: to.privateKey,
    passphrase: to.privateKeyPassword,
    password: to.password,
    agent,
    tryKeyboard: to.password !== undefined,
    methods: methods(to, agent),
  };
}

/** A method is tried once: keys of an agent are not offered after a key of our own. */
function methods(to: Endpoint, agent: string | undefined): AuthenticationType[] {
  return [
    "none",
    ...(to.privateKey !== undefined ? (["publickey"] as const) : []),
    ...(to.password !== undefined ? (["password", "keyboard-interactive"] as const) : []),
    ...(agent !== undefined && to.privateKey === undefined ? (["agent"] as const) : []),
  ];
}

function checkKey(key: string, password: string | undefined): void {
  const bare = utils.parseKey(key);
  if (password !== undefined && !(bare instanceof Error)) {
    throw new Error("ssh: privateKeyPassword is given, but privateKey is not password protected");
  }
  const parsed = password === undefined ? bare : utils.parseKey(key, password);
  if (parsed instanceof Error) throw new Error(`ssh: privateKey: ${parsed.message}`);
}

function checkAgent(path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(path, () => resolve(void socket.end()));
    socket.on("error", (error) => reject(new Error(`SSH agent: ${reasonOf(error)}`)));
  });
}
