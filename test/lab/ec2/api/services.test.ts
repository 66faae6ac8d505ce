import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { certificateFor } from "../../../../lab/ec2/api/certificate";
import { type ApiServer, serveApi } from "../../../../lab/ec2/api/server";
import { pythonWith } from "../../../python";
import { ACCOUNT, emptyRegion, IMAGE, TRUST } from "../model/pair";
import { Boto } from "./boto";
import { endpoint, OPERATOR } from "./endpoint";

const region = emptyRegion();
for (const image of Object.values(region.images)) image.name = "debian-13-amd64-lab";
const site = endpoint(region);
let server: ApiServer;
let boto: Boto;
let directory: string;

beforeAll(async () => {
  const python = await pythonWith(join(__dirname, "requirements.txt"));
  directory = await mkdtemp(join(tmpdir(), "nginx-ha-services-"));
  const certificate = await certificateFor(directory, ["127.0.0.1"]);
  await writeFile(join(directory, "authority.pem"), certificate.authority);
  server = await serveApi(site, { host: "127.0.0.1", certificate });
  boto = new Boto(python, server.url, "lab-west-1", join(directory, "authority.pem"));
}, 300_000);
afterAll(async () => {
  boto?.close();
  await server?.close();
  if (directory) await rm(directory, { recursive: true });
});

/** Asks a service; nothing in the answer may be unknown to botocore. */
async function ask(service: string, op: string, args: object = {}, as = OPERATOR) {
  const { answer, code, status, message, violations } = await boto.ask({ service, op, args, as });
  expect(violations, `${op}: ${message ?? ""}`).toEqual([]);
  return code ? { code, status } : answer;
}
const iam = (op: string, args: object = {}) => ask("iam", op, args);

test("IAM: a role with its policy in a profile, from the cradle to the grave", async () => {
  const Tags = [{ Key: "a", Value: "1" }];
  const made = await iam("create_role", {
    RoleName: "node",
    AssumeRolePolicyDocument: TRUST,
    Description: "one",
    Tags,
  });
  expect(made.Role).toMatchObject({
    RoleName: "node",
    Path: "/",
    Arn: `arn:aws:iam::${ACCOUNT}:role/node`,
    Tags,
  });
  expect(await iam("create_role", { RoleName: "node", AssumeRolePolicyDocument: TRUST })).toEqual({
    code: "EntityAlreadyExists",
    status: 409,
  });
  await iam("update_role", { RoleName: "node", Description: "two" });
  await iam("tag_role", { RoleName: "node", Tags: [{ Key: "b", Value: "2" }] });
  await iam("untag_role", { RoleName: "node", TagKeys: ["a"] });
  const { Role } = await iam("get_role", { RoleName: "node" });
  expect(Role).toMatchObject({ Description: "two", Tags: [{ Key: "b", Value: "2" }] });
  expect(Role.AssumeRolePolicyDocument).toEqual(JSON.parse(TRUST));

  const document = {
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: "ec2:DescribeAddresses", Resource: "*" }],
  };
  const policy = { RoleName: "node", PolicyName: "agent" };
  await iam("put_role_policy", { ...policy, PolicyDocument: JSON.stringify(document) });
  expect((await iam("get_role_policy", policy)).PolicyDocument).toEqual(document);
  expect((await iam("list_role_policies", { RoleName: "node" })).PolicyNames).toEqual(["agent"]);
  expect((await iam("list_attached_role_policies", { RoleName: "node" })).AttachedPolicies).toEqual([]);
  expect(await iam("put_role_policy", { ...policy, PolicyDocument: "{" })).toMatchObject({
    code: "MalformedPolicyDocument",
  });
  const stranger = JSON.stringify({
    Statement: [{ Effect: "Allow", Principal: { AWS: "*" }, Action: "sts:AssumeRole" }],
  });
  expect(
    await iam("update_assume_role_policy", { RoleName: "node", PolicyDocument: stranger }),
  ).toMatchObject({
    code: "MalformedPolicyDocument",
  });

  const profile = { InstanceProfileName: "node" };
  await iam("create_instance_profile", profile);
  await iam("add_role_to_instance_profile", { ...profile, RoleName: "node" });
  expect((await iam("get_instance_profile", profile)).InstanceProfile.Roles[0].RoleName).toBe("node");
  expect((await iam("list_instance_profiles_for_role", { RoleName: "node" })).InstanceProfiles).toHaveLength(
    1,
  );
  expect(await iam("delete_role", { RoleName: "node" })).toEqual({ code: "DeleteConflict", status: 409 });
  await iam("remove_role_from_instance_profile", { ...profile, RoleName: "node" });
  await iam("delete_instance_profile", profile);
  await iam("delete_role_policy", policy);
  await iam("delete_role", { RoleName: "node" });
  expect(await iam("get_role", { RoleName: "node" })).toEqual({ code: "NoSuchEntity", status: 404 });
});

test("STS says who asks, SSM which image is Debian's", async () => {
  expect(await ask("sts", "get_caller_identity")).toMatchObject({ Account: ACCOUNT });
  const name = (version: number, architecture: string) =>
    `/aws/service/debian/release/${version}/latest/${architecture}`;
  expect((await ask("ssm", "get_parameter", { Name: name(13, "amd64") })).Parameter.Value).toBe(IMAGE);
  for (const other of [name(13, "arm64"), name(11, "amd64"), "/mine"]) {
    expect(await ask("ssm", "get_parameter", { Name: other })).toEqual({
      code: "ParameterNotFound",
      status: 400,
    });
  }
  expect(await ask("ssm", "get_parameters", { Names: ["x"] })).toMatchObject({
    code: "UnknownOperationException",
  });
});

test("no service answers a stranger, or what it does not know", async () => {
  const stranger = { key: OPERATOR.key, secret: "wrong" };
  for (const [service, op] of [
    ["iam", "list_role_policies"],
    ["sts", "get_caller_identity"],
    ["ssm", "get_parameter"],
  ] as const) {
    const args = service === "iam" ? { RoleName: "node" } : service === "ssm" ? { Name: "x" } : {};
    const asked = { service, op, args, as: { ...stranger, key: `${OPERATOR.key.slice(0, -1)}X` } };
    expect((await boto.ask(asked)).code, service).toMatch(/AuthFailure|InvalidClientTokenId/);
  }
  expect(await iam("list_users")).toMatchObject({ code: "InvalidAction" });
});

test("Route 53: a record in a zone, and what it refuses", async () => {
  const r53 = (op: string, args: object) => ask("route53", op, args);
  const made = await r53("create_hosted_zone", { Name: "Example.org", CallerReference: "1" });
  const HostedZoneId = made.HostedZone.Id.split("/").at(-1);
  expect(made.HostedZone.Name).toBe("example.org.");
  const change = (Action: string, Value: string, Name = "www.example.org") =>
    r53("change_resource_record_sets", {
      HostedZoneId,
      ChangeBatch: {
        Changes: [{ Action, ResourceRecordSet: { Name, Type: "A", TTL: 60, ResourceRecords: [{ Value }] } }],
      },
    });
  const refused = { code: "InvalidChangeBatch", status: 400 };
  const { ChangeInfo } = await change("CREATE", "192.0.2.1");
  expect((await r53("get_change", { Id: ChangeInfo.Id })).ChangeInfo.Status).toBe("INSYNC");
  expect(await change("CREATE", "192.0.2.2")).toEqual(refused);
  expect(await change("DELETE", "192.0.2.2")).toEqual(refused);
  expect(await change("CREATE", "192.0.2.1", "www.example.com")).toEqual(refused);
  await change("UPSERT", "192.0.2.3");
  const { ResourceRecordSets } = await r53("list_resource_record_sets", {
    HostedZoneId,
    StartRecordName: "www.example.org",
    StartRecordType: "A",
  });
  expect(ResourceRecordSets).toEqual([
    { Name: "www.example.org.", Type: "A", TTL: 60, ResourceRecords: [{ Value: "192.0.2.3" }] },
  ]);
  expect(await r53("delete_hosted_zone", { Id: HostedZoneId })).toEqual({
    code: "HostedZoneNotEmpty",
    status: 400,
  });
  await change("DELETE", "192.0.2.3");
  await r53("delete_hosted_zone", { Id: HostedZoneId });
  expect(await r53("get_hosted_zone", { Id: HostedZoneId })).toEqual({
    code: "NoSuchHostedZone",
    status: 404,
  });
});

test("Route 53: records that share a name by weight or latency, each with a health check", async () => {
  const r53 = (op: string, args: object) => ask("route53", op, args);
  const made = await r53("create_hosted_zone", { Name: "example.org", CallerReference: "2" });
  const HostedZoneId = made.HostedZone.Id.split("/").at(-1);
  const HealthCheckConfig = {
    IPAddress: "192.0.2.1",
    Port: 80,
    Type: "HTTP",
    ResourcePath: "/",
    FullyQualifiedDomainName: "www.example.org",
    RequestInterval: 10,
    FailureThreshold: 3,
  };
  const { HealthCheck } = await r53("create_health_check", { CallerReference: "1", HealthCheckConfig });
  const { Id: HealthCheckId } = HealthCheck;
  expect(HealthCheck).toMatchObject({ HealthCheckConfig, HealthCheckVersion: 1 });
  const Tag = { Key: "nginx-ha", Value: "edge" };
  const tagged = { ResourceType: "healthcheck", ResourceId: HealthCheckId };
  await r53("change_tags_for_resource", { ...tagged, AddTags: [Tag] });
  expect((await r53("list_tags_for_resource", tagged)).ResourceTagSet.Tags).toEqual([Tag]);
  const update = await r53("update_health_check", { HealthCheckId, Port: 8080 });
  expect(update.HealthCheck).toMatchObject({ HealthCheckConfig: { Port: 8080 }, HealthCheckVersion: 2 });

  const change = (Action: string, policy: object, Value = "192.0.2.1") =>
    r53("change_resource_record_sets", {
      HostedZoneId,
      ChangeBatch: {
        Changes: [
          {
            Action,
            ResourceRecordSet: {
              Name: "www.example.org",
              Type: "A",
              TTL: 60,
              ResourceRecords: [{ Value }],
              ...policy,
            },
          },
        ],
      },
    });
  const ireland = { SetIdentifier: "a", Region: "eu-west-1", HealthCheckId };
  await change("CREATE", ireland);
  await change("CREATE", { SetIdentifier: "b", Region: "us-east-1" }, "192.0.2.2");
  const refused = { code: "InvalidChangeBatch", status: 400 };
  expect(await change("CREATE", { SetIdentifier: "c", Weight: 1 })).toEqual(refused);
  expect(await change("CREATE", {})).toEqual(refused);
  expect(await change("CREATE", { Weight: 1 })).toMatchObject({ code: "InvalidInput" });
  const { ResourceRecordSets } = await r53("list_resource_record_sets", { HostedZoneId });
  const ours = ResourceRecordSets.filter(({ Type }: { Type: string }) => Type === "A");
  expect(ours).toMatchObject([ireland, { SetIdentifier: "b", Region: "us-east-1" }]);
  expect(await r53("delete_health_check", { HealthCheckId })).toMatchObject({ code: "HealthCheckInUse" });
  await change("DELETE", ireland);
  await r53("delete_health_check", { HealthCheckId });
  expect(await r53("get_health_check", { HealthCheckId })).toEqual({
    code: "NoSuchHealthCheck",
    status: 404,
  });
});
