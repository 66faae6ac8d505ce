import { Server, ServerCredentials } from "@grpc/grpc-js";
import { ResourceMonitorService } from "@pulumi/pulumi/proto/resource_grpc_pb";
import { SupportsFeatureResponse } from "@pulumi/pulumi/proto/resource_pb";
import { MockMonitor, type Mocks } from "@pulumi/pulumi/runtime/mocks";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";

// biome-ignore lint/suspicious/noExplicitAny: the SDK has no types for its services
type Any = any;
type Reply = (error: Any, message?: Any) => void;

/** Pulumi's mocks as a resource monitor of their own, for a component whose host is another process. */
export async function startMonitor(mocks: Mocks) {
  const monitor = new MockMonitor(mocks);
  const by =
    (method: "invoke" | "readResource" | "registerResource" | "getDeploymentInfo" | "registerPackage") =>
    ({ request }: Any, reply: Reply) =>
      monitor[method](request, reply);
  const server = new Server();
  server.addService(ResourceMonitorService as Any, {
    invoke: by("invoke"),
    readResource: by("readResource"),
    registerResource: by("registerResource"),
    getDeploymentInfo: by("getDeploymentInfo"),
    registerPackage: by("registerPackage"),
    registerResourceOutputs: (_call: Any, reply: Reply) => reply(null, new Empty()),
    supportsFeature: ({ request }: Any, reply: Reply) =>
      monitor.supportsFeature(request, (error, answer) => {
        const message = new SupportsFeatureResponse();
        message.setHassupport(answer.getHassupport());
        reply(error, message);
      }),
  });
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  );
  return { address: `127.0.0.1:${port}`, end: () => server.forceShutdown() };
}
