import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseDocument } from "yaml";
import { run } from "../../../lab/host/run";
import { stackFile, stackName } from "../../../lab/pair/stack";
import { type Beside, beside, inNetworkOf } from "../beside";
import { pair } from "../pair/subject";
import { type Authority, makeAuthority } from "./authority";
import { served } from "./served";

/** What curl got. */
export interface Answer {
  status: number;
  version: string;
  headers: Record<string, string>;
  body: string;
}

/** A pair that serves some of everything, its backends, and clients. */
class Edge {
  readonly pair = pair;
  authority: Authority = { root: "", issue: () => Promise.reject(new Error("not started")) };
  private directory = "";
  private readonly backends: Beside[] = [];

  async start(): Promise<void> {
    this.directory = await mkdtemp(join(tmpdir(), "nginx-ha-edge-"));
    this.authority = await makeAuthority(this.directory);
    await pair.start("test-edge");
    await this.configure(served((name) => pair.machine(name).address));
    const given = await this.authority.issue("given.example.org", 30);
    await this.secret("certificates.given.certificate", given.certificate + this.authority.root);
    await this.secret("certificates.given.key", given.key);
    await this.secret(
      "passwords.people",
      `ann:${(await run(["openssl", "passwd", "-6", "secret"])).trim()}\n`,
    );
    for (const name of ["backend-1", "backend-2"]) this.backends.push(await this.backend(name));
    await pair.mustUp();
    await pair.untilHealthy();
    await writeFile(
      this.caFile,
      await pair.succeed("nginx-a", "cat /etc/nginx-ha/certificates/main/fullchain.pem"),
    );
  }

  async end(): Promise<void> {
    await Promise.all(this.backends.map((backend) => backend.end()));
    await pair.end();
    await rm(this.directory, { recursive: true, force: true });
  }

  private get caFile(): string {
    return join(this.directory, "main.pem");
  }

  private async configure(nginx: object): Promise<void> {
    const file = stackFile(pair.plan);
    const document = parseDocument(await readFile(file, "utf8"));
    document.setIn(["config", "nginx-ha:cluster", "nginx"], document.createNode(nginx));
    await writeFile(file, document.toString({ lineWidth: 0 }));
  }

  /** Puts a file into a machine, for root alone. */
  async put(machine: string, path: string, content: string): Promise<void> {
    const { exitCode, stderr } = await pair.sh(machine, `umask 077 && cat >'${path}'`, { stdin: content });
    if (exitCode !== 0) throw new Error(`${path} on ${machine}: ${stderr}`);
  }

  /** Sets a secret of the stack as an operator does. */
  async secret(path: string, value: string): Promise<void> {
    const directory = pair.plan.directory;
    const argv = [
      "-C",
      directory,
      "config",
      "set",
      "--secret",
      "--path",
      `nginx-ha:${path}`,
      "-s",
      stackName,
    ];
    await pair.lab.pulumi.quietly(argv, { stdin: value });
  }

  private async backend(name: string): Promise<Beside> {
    const backend = await beside(pair.plan, name, join(__dirname, "backend.ts"));
    await backend.line();
    return backend;
  }

  /** Runs one of the clients of `client.ts` in the lab's client. */
  async client(what: string): Promise<unknown> {
    const argv = inNetworkOf(pair.plan, "client", join(__dirname, "client.ts"), what, pair.vip, this.caFile);
    return JSON.parse(await run(argv, { timeoutMs: 40_000 }));
  }

  /** One request by curl through the VIP, whatever name the URL has. Certificates are looked at elsewhere. */
  async get(url: string, ...argv: string[]): Promise<Answer> {
    const { port, protocol } = new URL(url);
    const target = `--connect-to ::${pair.vip}:${port || (protocol === "https:" ? 443 : 80)}`;
    const quoted = argv.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(" ");
    const form = "%{http_code} %{http_version}";
    // Requests may be under way at once.
    const command = `cd "$(mktemp -d)" && touch body && curl --insecure --silent --show-error --max-time 15 ${target} --dump-header headers --output body --write-out '${form}' ${quoted} '${url}' && echo && tr -d '\\r' <headers && echo ---- && cat body && printf . && rm -r "$PWD"`;
    const { stdout, stderr, exitCode } = await pair.sh("client", command);
    if (exitCode !== 0) throw new Error(`curl ${url}: exit ${exitCode}: ${stderr}`);
    const [head = "", ...rest] = stdout.split("\n----\n");
    const [first = "", ...lines] = head.split("\n");
    const [status, version = ""] = first.split(" ");
    const headers = lines.flatMap((line) => {
      const colon = line.indexOf(": ");
      return colon === -1 ? [] : [[line.slice(0, colon).toLowerCase(), line.slice(colon + 2)] as const];
    });
    return {
      status: Number(status),
      version,
      headers: Object.fromEntries(headers),
      body: rest.join("\n----\n").slice(0, -1),
    };
  }

  /** The statuses of as many requests as there are, all at once. */
  async atOnce(count: number, url: string, ...argv: string[]): Promise<Record<string, number>> {
    const each = `curl --insecure --silent --max-time 15 --output /dev/null --write-out '%{http_code}\\n' --connect-to ::${pair.vip}:443 ${argv.map((word) => `'${word}'`).join(" ")} '${url}' &`;
    const text = await pair.succeed("client", `${`${each}\n`.repeat(count)}wait`);
    const counts: Record<string, number> = {};
    for (const status of text.split("\n")) counts[status] = (counts[status] ?? 0) + 1;
    return counts;
  }
}

export const edge = new Edge();
