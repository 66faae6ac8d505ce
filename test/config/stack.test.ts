import * as pulumi from "@pulumi/pulumi";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { readStackConfig } from "../../config/stack";

const cluster = {
  platform: "aws",
  access: { sshFrom: ["192.0.2.0/24"] },
  nginx: { pools: [{ name: "p", instances: { count: 1 } }], routes: [{ path: "/", pool: "p" }] },
};
const read = (config: Record<string, string>) => {
  pulumi.runtime.setAllConfig(config);
  return readStackConfig(new pulumi.Config("nginx-ha"));
};
const given = { "aws:region": "eu-west-1", "nginx-ha:cluster": JSON.stringify(cluster) };

// Whatever it says: the stack says where it is.
beforeEach(() => {
  vi.stubEnv("AWS_REGION", "us-east-1");
  vi.stubEnv("AWS_DEFAULT_REGION", "us-east-1");
});
afterEach(() => vi.unstubAllEnvs());

it("reads a stack with a Region", async () => {
  expect((await read(given)).cluster).toMatchObject({ platform: "aws", vip: { mode: "elasticIp" } });
});

it.each<[string, Record<string, string>, string]>([
  [
    "without a Region",
    { "nginx-ha:cluster": given["nginx-ha:cluster"] },
    "aws:region: is required; run: pulumi config set aws:region eu-west-1",
  ],
  [
    "with a key in clear",
    { ...given, "nginx-ha:sshProxyPrivateKey": "a key" },
    "nginx-ha:sshProxyPrivateKey: must be a secret, and stands in clear",
  ],
  [
    "with AWS credentials in clear",
    { ...given, "aws:secretKey": "a key", "aws:token": "a token" },
    "2 problems; nothing was changed\n  aws:secretKey: must be a secret, and stands in clear; make another key, then run: pulumi config set --secret aws:secretKey\n  aws:token: must be a secret, and stands in clear; make another key, then run: pulumi config set --secret aws:token",
  ],
  [
    "with certificates in clear",
    { ...given, "nginx-ha:certificates": JSON.stringify({ main: { certificate: "a", key: "b" } }) },
    "nginx-ha:certificates: must be a secret, and stands in clear",
  ],
  [
    "that shares a file that is not there",
    { ...given, "nginx-ha:shared": "config/shared/none.yaml" },
    'nginx-ha:shared: must be a YAML file of the project (is "config/shared/none.yaml"',
  ],
  [
    "that shares a list with such a file",
    { ...given, "nginx-ha:shared": '["config/shared/edge.yaml","config/shared/none.yaml"]' },
    'nginx-ha:shared: must be a YAML file of the project (is "config/shared/none.yaml"',
  ],
  [
    "that refers to a stack without naming it",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a reference as a stack's file has it
    { ...given, "nginx-ha:cluster": JSON.stringify({ ...cluster, network: { vpc: "${network.vpcId}" } }) },
    "nginx-ha:cluster.network.vpc: needs nginx-ha:stacks.network, the stack that it refers to",
  ],
])("refuses a stack %s", async (_title, config, expected) => {
  await expect(read(config)).rejects.toThrow(expected);
});

it("takes secrets that are encrypted", async () => {
  const all = { ...given, "aws:secretKey": "a key", "aws:token": "a token" };
  pulumi.runtime.setAllConfig(all, ["aws:secretKey", "aws:token"]);
  expect(await readStackConfig(new pulumi.Config("nginx-ha"))).toHaveProperty("cluster");
});

it("refuses a list of passwords in the place of all lists, and does not show it", async () => {
  pulumi.runtime.setAllConfig({ ...given, "nginx-ha:passwords": "anna:$apr1$hash" }, ["nginx-ha:passwords"]);
  const refused = await readStackConfig(new pulumi.Config("nginx-ha")).then(
    () => "",
    (error: Error) => error.message,
  );
  expect(refused).toContain(
    "nginx-ha:passwords: must be an object, and is a text that is none; run: pulumi config set --secret --path nginx-ha:passwords.NAME < FILE",
  );
  expect(refused).not.toContain("anna");
});
