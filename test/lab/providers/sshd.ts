import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** Files of an OpenSSH server of the test's own: nothing of the machine's own server is read or written. */
export class Sshd {
  readonly dir = mkdtempSync(join(tmpdir(), "nginx-ha-sshd-"));
  readonly clientKeyFile = join(this.dir, "client");
  readonly clientKey: string;
  readonly hostKey: string;
  readonly ecdsaHostKey: string;
  readonly otherHostKey: string;
  #process: ChildProcess | undefined;

  constructor(
    readonly port: number,
    private readonly settings: string[] = [],
  ) {
    for (const name of ["client", "host", "other"]) this.#keygen(name, "ed25519");
    this.#keygen("hostEcdsa", "ecdsa");
    this.clientKey = readFileSync(this.clientKeyFile, "utf8");
    this.hostKey = readFileSync(join(this.dir, "host.pub"), "utf8");
    this.ecdsaHostKey = readFileSync(join(this.dir, "hostEcdsa.pub"), "utf8");
    this.otherHostKey = readFileSync(join(this.dir, "other.pub"), "utf8");
    writeFileSync(join(this.dir, "sshd_config"), this.#config());
  }

  #keygen(name: string, type: string): void {
    execFileSync("ssh-keygen", ["-q", "-t", type, "-N", "", "-f", join(this.dir, name)]);
  }

  #config(): string {
    return [
      `Port ${this.port}`,
      "ListenAddress 127.0.0.1",
      `HostKey ${join(this.dir, "hostEcdsa")}`,
      `HostKey ${join(this.dir, "host")}`,
      `AuthorizedKeysFile ${join(this.dir, "client.pub")}`,
      "PidFile none",
      "StrictModes no",
      "UsePAM no",
      "PermitRootLogin prohibit-password",
      "AcceptEnv LAB_*",
      "MaxAuthTries 3",
      "LogLevel VERBOSE",
      ...this.settings,
      "",
    ].join("\n");
  }

  /** Starts the server and waits until it takes connections. */
  async start(): Promise<void> {
    mkdirSync("/run/sshd", { recursive: true, mode: 0o755 });
    const args = ["-D", "-f", join(this.dir, "sshd_config"), "-E", join(this.dir, "log")];
    this.#process = spawn("/usr/sbin/sshd", args, { stdio: "ignore" });
    await until(`sshd to listen on port ${this.port}`, 10_000, () => listens(this.port));
  }

  /** How many TCP connections the server has taken so far. */
  connections(): number {
    return this.#log().match(/Connection from/g)?.length ?? 0;
  }

  #log(): string {
    return readFileSync(join(this.dir, "log"), "utf8");
  }

  stop(): void {
    this.#process?.kill();
    rmSync(this.dir, { recursive: true, force: true });
  }
}

/** A port that nothing listens on at the moment. */
export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => resolve(socket.destroy() !== undefined));
    socket.on("error", () => resolve(false));
  });
}

/** Waits for a condition; says what it waited for when it does not come. */
export async function until(
  what: string,
  milliseconds: number,
  condition: () => Promise<boolean> | boolean,
): Promise<void> {
  const deadline = Date.now() + milliseconds;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`waited ${milliseconds} ms for ${what}`);
    await sleep(20);
  }
}
