import { existsSync } from "node:fs";
import { join } from "node:path";
import { credentials } from "@grpc/grpc-js";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { ConstructRequest, GetSchemaRequest } from "@pulumi/pulumi/proto/provider_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { exampleInput } from "../example";
import { answers } from "./aws/answers";
import { outputs, secretMark, unwrapped } from "./mocks";
import { startMonitor } from "./monitor";
import { startPlugin } from "./plugin";

const root = join(__dirname, "../..");

it("the plugin stands apart from the program: Pulumi refuses a directory that is both", () => {
  expect(existsSync(join(root, "plugin/PulumiPlugin.yaml"))).toBe(true);
  expect(existsSync(join(root, "PulumiPlugin.yaml"))).toBe(false);
  expect(existsSync(join(root, "plugin/Pulumi.yaml"))).toBe(false);
  const { version, workspaces } = require(join(root, "package.json"));
  expect(require(join(root, "plugin/package.json")).version).toBe(version);
  // So that npm install in the plugin's directory, which Pulumi runs, installs what the components need.
  expect(workspaces).toEqual(["plugin"]);
});

describe("the components' host", () => {
  let plugin: Awaited<ReturnType<typeof startPlugin>>;
  // biome-ignore lint/suspicious/noExplicitAny: the SDK's client has no types for its methods
  let client: any;
  beforeAll(async () => {
    plugin = await startPlugin();
    client = new ResourceProviderClient(`127.0.0.1:${plugin.port}`, credentials.createInsecure());
  }, 120_000);
  afterAll(async () => {
    client?.close();
    await plugin?.end();
  });

  // biome-ignore lint/suspicious/noExplicitAny: as above
  const ask = (method: string, request: unknown): Promise<any> =>
    new Promise((resolve, reject) =>
      client[method](request, { deadline: Date.now() + 120_000 }, (error: Error | null, answer: unknown) =>
        error ? reject(error) : resolve(answer),
      ),
    );

  it("describes both of them to other languages", { timeout: 180_000 }, async () => {
    const text = (await ask("getSchema", new GetSchemaRequest())).getSchema();
    const { name, version, resources, types } = JSON.parse(text);
    expect([name, version]).toEqual(["nginx-ha", "0.1.0"]);
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
    // The one that may be an output, as docs/package.md says.
    const may = [aws, hosts].flatMap(({ inputProperties }) =>
      Object.keys(inputProperties).filter((key) => !inputProperties[key].plain),
    );
    expect(may).toEqual(["sshPrivateKey"]);
    expect(types["nginx-ha:index:HostNodeArgs"].required).toEqual(["address", "hostKey", "name"]);
  });

  /** Constructs one as the engine does for a program in another language: its state, and what it registered. */
  async function construct(component: string, inputs: object) {
    const made: { type: string; name: string; inputs: Record<string, unknown> }[] = [];
    const monitor = await startMonitor({
      newResource: ({ type, name, inputs: given }) => {
        made.push({ type, name, inputs: given });
        return { id: `${name}-id`, state: { ...given, ...outputs(name) } };
      },
      call: ({ token, inputs: given }) => answers(token, given),
    });
    try {
      const request = new ConstructRequest();
      request.setProject("other");
      request.setStack("shop");
      request.setMonitorendpoint(monitor.address);
      request.setParallel(16);
      request.setType(`nginx-ha:index:${component}`);
      request.setName("shop");
      // biome-ignore lint/suspicious/noExplicitAny: plain data
      request.setInputs(Struct.fromJavaScript(JSON.parse(JSON.stringify(inputs)) as any));
      const answer = await ask("construct", request);
      return { urn: answer.getUrn(), state: answer.getState().toJavaScript(), made };
    } finally {
      monitor.end();
    }
  }

  it("makes a pair on EC2", { timeout: 180_000 }, async () => {
    const { urn, state, made } = await construct("AwsNginxPair", {
      sshFrom: ["192.0.2.0/24"],
      pools: [{ name: "shop", instances: 1 }],
    });
    expect(urn).toMatch(/::nginx-ha:index:AwsNginxPair::shop$/);
    expect(state).toEqual({ vip: "203.0.113.10", url: "http://203.0.113.10/" });
    const machines = made.filter(({ type }) => type === "aws:ec2/instance:Instance");
    expect(machines.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["shop-nginx-a", "shop-nginx-b"]),
    );
  });

  it(
    "makes a pair on machines that are there, and its key stays a secret",
    { timeout: 180_000 },
    async () => {
      const key = "-----BEGIN OPENSSH PRIVATE KEY-----";
      const { nodes, nginx } = exampleInput();
      // biome-ignore lint/suspicious/noExplicitAny: as the example has them
      const machines = nodes.map(({ name, address, ssh }: any) => ({ name, address, hostKey: ssh.hostKey }));
      const { state, made } = await construct("HostsNginxPair", {
        nodes: machines,
        vip: "192.0.2.100/24",
        sshPrivateKey: { [secretMark]: "1b47061264138c4ac30d75fd1eb44270", value: key },
        pools: [{ name: "shop", servers: nginx.pools[0].servers }],
      });
      expect(state).toEqual({ vip: "192.0.2.100", url: "http://192.0.2.100/" });
      const withKey = made.filter(({ inputs }) => JSON.stringify(inputs).includes(key));
      expect(withKey.length).toBeGreaterThan(5);
      for (const { name, inputs } of withKey) {
        const open = Object.entries(inputs).filter(([, value]) => !isSecret(value));
        expect(JSON.stringify(open), name).not.toContain(key);
        expect(unwrapped(inputs.connection), name).toMatchObject({ privateKey: key });
      }
    },
  );

  it("says what is wrong with what it was given", async () => {
    await expect(
      construct("AwsNginxPair", { sshFrom: ["0.0.0.0/0"], pools: [{ name: "shop", instances: 1 }] }),
    ).rejects.toThrow(/cluster\.access\.sshFrom\[0\]: must not be the whole world/);
  });
});

const isSecret = (value: unknown): boolean =>
  value !== null && typeof value === "object" && secretMark in value;
