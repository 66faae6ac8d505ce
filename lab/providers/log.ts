import * as grpc from "@grpc/grpc-js";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb";
import type { Log } from "./provider";

/** The engine's log. Its address is the plugin's only argument, or comes later with `Attach`. */
export class EngineLog {
  #client: EngineClient | undefined;

  attach(address: string): void {
    this.#client = new EngineClient(address, grpc.credentials.createInsecure());
  }

  /** The part of the log that belongs to one resource. */
  of(urn: string): Log {
    return {
      status: (message) => this.#send(urn, LogSeverity.INFO, message, true),
      warning: (message) => this.#send(urn, LogSeverity.WARNING, message, false),
      error: (message) => this.#send(urn, LogSeverity.ERROR, message, false),
    };
  }

  #send(urn: string, severity: LogSeverity, message: string, ephemeral: boolean): Promise<void> {
    const client = this.#client;
    if (client === undefined) return Promise.resolve();
    const request = new LogRequest();
    request.setUrn(urn);
    request.setSeverity(severity);
    request.setMessage(message);
    request.setEphemeral(ephemeral);
    // A message that the engine no longer takes must not fail the resource.
    return new Promise((resolve) => client.log(request, () => resolve()));
  }
}
