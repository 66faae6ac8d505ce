import { fork } from "node:child_process";
import type { Socket } from "node:dgram";
import type { Server } from "node:net";
import { join } from "node:path";

const LIMIT_MS = 15_000;

/**
 * A listening socket in another network namespace. A process belongs to one namespace, but a socket stays in the one
 * where it was made: a child makes it there, hands it over and ends.
 */
export const listenIn = (namespace: string, host: string, port: number): Promise<Server> =>
  socketIn(namespace, "tcp", host, port) as Promise<Server>;

/** A bound UDP socket in another network namespace. */
export const bindIn = (namespace: string, host: string, port: number): Promise<Socket> =>
  socketIn(namespace, "udp", host, port) as Promise<Socket>;

function socketIn(namespace: string, ...argv: [kind: string, host: string, port: number]): Promise<unknown> {
  const child = fork(join(__dirname, "listener.mjs"), argv.map(String), {
    execPath: "nsenter",
    execArgv: [`--net=/run/netns/${namespace}`, process.execPath],
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  let errors = "";
  child.stderr?.on("data", (text) => {
    errors += text;
  });
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => child.kill("SIGKILL"), LIMIT_MS);
    child.once("message", (_message, handle) => {
      resolve(handle);
      child.send("taken");
    });
    child.once("error", reject);
    child.once("exit", () => {
      clearTimeout(timer);
      reject(new Error(`nobody listens at ${argv.join(" ")} in ${namespace}: ${errors.trim()}`));
    });
  });
}
