import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as grpc from "@grpc/grpc-js";
import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb";
import type { LogRequest } from "@pulumi/pulumi/proto/engine_pb";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as rpc from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { placeCommandStandIn } from "../../../lab/providers/place";
import { decode, encode, type Values } from "../../../lab/providers/wire";

const startLimit = 20_000;
const kinds = ["add", "add-replace", "delete", "delete-replace", "update", "update-replace"];

/** A message that the engine got. */
export type Logged = { urn: string; severity: number; message: string; ephemeral: boolean };

/** The name of every command in these tests. */
export const urnOf = (type: string) => `urn:pulumi:test::lab::${type}::step`;

/** Calls a placed plugin over gRPC as the engine does, and is the engine that it logs to. */
export class Plugin {
  private constructor(
    readonly logged: Logged[],
    private readonly process: ChildProcess,
    private readonly dir: string,
    private readonly engine: grpc.Server,
    readonly client: ResourceProviderClient,
    private readonly urn: string,
  ) {}

  /** Places the stand-in in a directory of its own and starts it. */
  static async start(type: string, env: Record<string, string> = {}): Promise<Plugin> {
    const dir = mkdtempSync(join(tmpdir(), "nginx-ha-plugin-"));
    await placeCommandStandIn(dir);
    const logged: Logged[] = [];
    const [engine, address] = await fakeEngine(logged);
    const { SSH_AUTH_SOCK: _, ...inherited } = process.env;
    const child = spawn(join(dir, "pulumi-resource-command"), [address], {
      cwd: dir,
      env: { ...inherited, ...env },
      stdio: ["ignore", "pipe", "inherit"],
    });
    const port = await firstLine(child);
    const credentials = grpc.credentials.createInsecure();
    const client = new ResourceProviderClient(`127.0.0.1:${port}`, credentials);
    return new Plugin(logged, child, dir, engine, client, urnOf(type));
  }

  async check(news: Values) {
    const request = new rpc.CheckRequest().setUrn(this.urn).setNews(encode(news));
    const response = await call<rpc.CheckResponse>((done) => this.client.check(request, done));
    const failures = response.getFailuresList().map((failure) => failure.toObject());
    return { inputs: decode(response.getInputs()), failures };
  }

  /** The changed inputs, each with what happens because of it. */
  async diff(olds: Values, news: Values): Promise<Record<string, string>> {
    const request = new rpc.DiffRequest().setUrn(this.urn).setOlds(encode(olds)).setNews(encode(news));
    const response = await call<rpc.DiffResponse>((done) => this.client.diff(request, done));
    const details = response.toObject().detaileddiffMap;
    return Object.fromEntries(details.map(([name, detail]) => [name, kinds[detail.kind] ?? "?"]));
  }

  async create(inputs: Values, { preview = false, timeout = 0 } = {}) {
    const request = new rpc.CreateRequest().setUrn(this.urn).setProperties(encode(inputs));
    request.setPreview(preview).setTimeout(timeout);
    const response = await call<rpc.CreateResponse>((done) => this.client.create(request, done));
    return { id: response.getId(), outputs: decode(response.getProperties()) };
  }

  async update(olds: Values, news: Values, { preview = false, timeout = 0 } = {}): Promise<Values> {
    const request = new rpc.UpdateRequest().setUrn(this.urn).setId("step1").setOlds(encode(olds));
    request.setNews(encode(news)).setPreview(preview).setTimeout(timeout);
    return decode(
      (await call<rpc.UpdateResponse>((done) => this.client.update(request, done))).getProperties(),
    );
  }

  async read(state: Values, inputs: Values): Promise<Values> {
    const request = new rpc.ReadRequest().setUrn(this.urn).setId("step1").setProperties(encode(state));
    request.setInputs(encode(inputs));
    return decode((await call<rpc.ReadResponse>((done) => this.client.read(request, done))).getProperties());
  }

  async delete(state: Values): Promise<void> {
    const request = new rpc.DeleteRequest().setUrn(this.urn).setId("step1").setProperties(encode(state));
    await call<Empty>((done) => this.client.delete(request, done));
  }

  async cancel(): Promise<void> {
    await call<Empty>((done) => this.client.cancel(new Empty(), done));
  }

  interrupt(): void {
    this.process.kill("SIGINT");
  }

  ended(): boolean {
    return this.process.exitCode !== null;
  }

  stop(): void {
    this.client.close();
    this.process.kill("SIGKILL");
    this.engine.forceShutdown();
    rmSync(this.dir, { recursive: true, force: true });
  }
}

/** One call; its error has the engine's words only. */
export function call<T>(
  make: (done: (error: grpc.ServiceError | null, response: T) => void) => void,
): Promise<T> {
  return new Promise((resolve, reject) => {
    make((error, response) => (error === null ? resolve(response) : reject(new Error(error.details))));
  });
}

async function fakeEngine(logged: Logged[]): Promise<[grpc.Server, string]> {
  const server = new grpc.Server();
  server.addService(EngineService, {
    log: ({ request }: { request: LogRequest }, callback: grpc.sendUnaryData<Empty>) => {
      const { urn, severity, message, ephemeral } = request.toObject();
      logged.push({ urn, severity, message, ephemeral });
      callback(null, new Empty());
    },
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  return [server, `127.0.0.1:${port}`];
}

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    const late = () => reject(new Error(`waited ${startLimit} ms for the plugin to print its port`));
    const timer = setTimeout(late, startLimit);
    child.stdout?.once("data", (data: Buffer) => {
      clearTimeout(timer);
      resolve(data.toString().trim());
    });
    child.once("exit", (status) => reject(new Error(`the plugin ended with status ${status}`)));
  });
}
