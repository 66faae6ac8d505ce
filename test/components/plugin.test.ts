import { credentials } from "@grpc/grpc-js";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { GetSchemaRequest } from "@pulumi/pulumi/proto/provider_pb";
import { expect, it } from "vitest";
import { startPlugin } from "./plugin";

it("the components' host describes both of them to other languages", { timeout: 180_000 }, async () => {
  const plugin = await startPlugin();
  try {
    const client = new ResourceProviderClient(`127.0.0.1:${plugin.port}`, credentials.createInsecure());
    const text = await new Promise<string>((resolve, reject) =>
      // biome-ignore lint/suspicious/noExplicitAny: the SDK's client has no types for its methods
      (client as any).getSchema(new GetSchemaRequest(), (error: Error | null, answer: any) =>
        error ? reject(error) : resolve(answer.getSchema()),
      ),
    );
    client.close();
    const { name, resources, types } = JSON.parse(text);
    expect(name).toBe("nginx-ha");
    expect(Object.keys(resources)).toEqual(["nginx-ha:index:AwsNginxPair", "nginx-ha:index:HostsNginxPair"]);
    const aws = resources["nginx-ha:index:AwsNginxPair"];
    expect(aws.isComponent).toBe(true);
    expect(aws.requiredInputs).toEqual(["pools", "sshFrom"]);
    expect(aws.inputProperties.vipMode).toEqual({
      type: "string",
      plain: true,
      optional: true,
      description: "elasticIp (unless told), secondaryPrivateIp or overlayRoute.",
    });
    expect(Object.keys(aws.properties)).toEqual(expect.arrayContaining(["url", "vip"]));
    const hosts = resources["nginx-ha:index:HostsNginxPair"];
    expect(hosts.inputProperties.sshPrivateKey.plain).toBeUndefined();
    expect(types["nginx-ha:index:HostNodeArgs"].required).toEqual(["address", "hostKey", "name"]);
  } finally {
    await plugin.end();
  }
});
