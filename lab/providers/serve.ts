import * as grpc from "@grpc/grpc-js";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { EngineLog } from "./log";
import type { Provider } from "./provider";
import { type Handlers, handlers } from "./service";

const parentPoll = 5_000;

/**
 * Serves a provider to the engine over gRPC, as a plugin does: on a free port of the loopback address, which
 * is the one line printed on standard output.
 *
 * The SDK's own `provider.main` has no preview of creates, no time limits and no `CheckConfig`, and gives
 * `Configure` no variables; hence this one.
 */
export async function serve(provider: Provider, argv: string[] = process.argv.slice(2)): Promise<void> {
  const log = new EngineLog();
  const engine = argv.find((argument) => !argument.startsWith("-"));
  if (engine !== undefined) log.attach(engine);

  const server = new grpc.Server({
    "grpc.max_receive_message_length": -1,
    "grpc.max_send_message_length": -1,
  });
  server.addService(ResourceProviderService, unary(handlers(provider, log)));
  const port = await listen(server);
  endWithEngine(server);
  process.stdout.write(`${port}\n`);
}

type Handler = (request: never) => unknown;

/** gRPC's callbacks around plain functions; an error's message is what the engine shows. */
function unary(functions: Handlers): grpc.UntypedServiceImplementation {
  const wrap =
    (handler: Handler): grpc.handleUnaryCall<never, unknown> =>
    async ({ request }, callback) => {
      try {
        callback(null, await handler(request));
      } catch (error) {
        const details = error instanceof Error ? error.message : String(error);
        callback({ code: grpc.status.UNKNOWN, details });
      }
    };
  return Object.fromEntries(
    Object.entries(functions).map(([name, handler]) => [
      name,
      wrap(handler as Handler) as grpc.UntypedHandleCall,
    ]),
  );
}

function listen(server: grpc.Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) =>
      error === null ? resolve(port) : reject(error),
    );
  });
}

/** The engine interrupts a plugin that it has done with, and waits for it: what runs is finished first. */
function endWithEngine(server: grpc.Server): void {
  process.once("SIGINT", () => server.tryShutdown(() => process.exit()));
  const parent = process.ppid;
  // An engine that was killed interrupts nobody.
  setInterval(() => process.ppid === parent || process.exit(), parentPoll).unref();
}
