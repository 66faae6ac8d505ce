import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect } from "vitest";
import { certificateFor } from "../../../../lab/ec2/api/certificate";
import { type ApiServer, serveApi } from "../../../../lab/ec2/api/server";
import { type AwsClient, awsClient } from "../../../../lab/ec2/client";
import { awsProvider } from "../../../../lab/providers/aws/provider";
import type { Context, Provider } from "../../../../lab/providers/provider";
import type { Values } from "../../../../lab/providers/wire";
import { endpoint, OPERATOR } from "../../ec2/api/endpoint";
import { emptyRegion } from "../../ec2/model/pair";

export const region = endpoint(emptyRegion());
export let provider: Provider;
let directory: string;
let server: ApiServer;

/** An empty Region behind its API, and the provider on it, for the tests of the file that calls it. */
export function startProvider(): void {
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "nginx-ha-"));
    const certificate = await certificateFor(directory, ["127.0.0.1"]);
    server = await serveApi(region, { host: "127.0.0.1", certificate });
    await writeFile(join(directory, "bundle.pem"), certificate.authority);
    provider = awsProvider({
      AWS_ENDPOINT_URL: server.url,
      AWS_CA_BUNDLE: join(directory, "bundle.pem"),
      AWS_ACCESS_KEY_ID: OPERATOR.key,
      AWS_SECRET_ACCESS_KEY: OPERATOR.secret,
    });
    await provider.configure?.({ region: "lab-west-1" });
  });
  afterAll(async () => {
    await server?.close();
    await rm(directory, { recursive: true, force: true });
  });
}

export const urn = (type: string, name = "it"): string => `urn:pulumi:test::nginx-ha::${type}::${name}`;
export const context = (type: string, preview = false): Context => {
  const quiet = async () => {};
  const log = { status: quiet, warning: quiet, error: quiet };
  return { urn: urn(type), preview, signal: AbortSignal.timeout(30_000), log };
};

/** One resource on its way, as the engine leads it. */
export async function make(type: string, given: Values, name = "it") {
  const { inputs, failures } = provider.check(urn(type, name), given, {});
  expect(failures).toEqual([]);
  const { id, outputs } = await provider.create(inputs, context(type));
  return {
    id,
    inputs,
    outputs,
    change: async (news: Values) => {
      const all = { ...inputs, ...news };
      return provider.update(id, outputs, all, context(type));
    },
    diff: (news: Values) => provider.diff(urn(type), outputs, { ...inputs, ...news }, inputs),
    read: () => provider.read?.(id, outputs, inputs, context(type)),
    remove: () => provider.delete(id, outputs, context(type)),
  };
}

/** The Region's API, as its operator asks it. */
export const operatorClient = async (): Promise<AwsClient> =>
  awsClient({
    endpoint: server.url,
    authority: await readFile(join(directory, "bundle.pem"), "utf8"),
    region: "lab-west-1",
    accessKeyId: OPERATOR.key,
    secretAccessKey: OPERATOR.secret,
  });

export const VPC = "aws:ec2/vpc:Vpc";
export const SUBNET = "aws:ec2/subnet:Subnet";
export const INTERFACE = "aws:ec2/networkInterface:NetworkInterface";
export const INSTANCE = "aws:ec2/instance:Instance";
export const RECORD = "aws:route53/record:Record";
export const EIP = "aws:ec2/eip:Eip";
