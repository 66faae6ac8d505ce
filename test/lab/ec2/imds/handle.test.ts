import { expect, test } from "vitest";
import { runRegion } from "../../../../lab/ec2/api/region-runner";
import { noFaults } from "../../../../lab/ec2/faults";
import { createInstanceProfile, createRole, setProfileRole } from "../../../../lab/ec2/iam/roles";
import { handle } from "../../../../lab/ec2/imds/handle";
import { currentCredentials } from "../../../../lab/ec2/imds/rotation";
import { serveImds } from "../../../../lab/ec2/imds/server";
import type { Region } from "../../../../lab/ec2/model/state";
import { NOW, pair, TRUST } from "../model/pair";

const subject = pair();
const { lab, enis, instances, allocation, subnets } = subject;
const binary = Buffer.from([0x1f, 0x8b, 0xff, 0x00, 0x80]);

/** Node a as it would be: a role, user data, an elastic IP on its second address, tokens required. */
function prepared(): Region {
  lab.call("AssociateAddress", {
    AllocationId: allocation,
    NetworkInterfaceId: enis.a,
    PrivateIpAddress: "10.0.1.12",
  });
  lab.call("ModifyInstanceMetadataOptions", { InstanceId: instances.a, HttpTokens: "required" });
  let region = createRole(lab.region, { name: "node-a", trust: TRUST, now: NOW });
  region = setProfileRole(createInstanceProfile(region, { name: "node-a", now: NOW }), "node-a", "node-a");
  const instance = region.instances[instances.a];
  if (!instance) throw new Error("no instance");
  instance.profile = "node-a";
  instance.userData = binary.toString("base64");
  return region;
}

const region = prepared();
const view = { region, instanceId: instances.a, now: NOW, revokedBefore: 0 };
const TTL = "x-aws-ec2-metadata-token-ttl-seconds";
const ask = (method: string, path: string, headers: Record<string, string> = {}, from = view) =>
  handle({ method, path, headers }, from);
const token = ask("PUT", "/latest/api/token", { [TTL]: "60" }).body.toString();
const get = (path: string) => ask("GET", path, { "x-aws-ec2-metadata-token": token });

test.each([
  ["a good time to live", { [TTL]: "21600" }, 200],
  ["none", {}, 400],
  ["zero", { [TTL]: "0" }, 400],
  ["too long", { [TTL]: "21601" }, 400],
  ["no number", { [TTL]: "1h" }, 400],
  ["through a proxy", { [TTL]: "60", "x-forwarded-for": "10.0.0.1" }, 403],
])("a token is given for %s: %j, %s", (_, headers, status) => {
  expect(ask("PUT", "/latest/api/token", headers as Record<string, string>).status).toBe(status);
});

test("nothing is told without a token, with another instance's, or with an old one", () => {
  const path = "/latest/meta-data/instance-id";
  expect(ask("GET", path).status).toBe(401);
  const other = ask(
    "PUT",
    "/latest/api/token",
    { [TTL]: "60" },
    { ...view, instanceId: instances.b },
  ).body.toString();
  expect(ask("GET", path, { "x-aws-ec2-metadata-token": other }).status).toBe(401);
  expect(ask("GET", path, { "x-aws-ec2-metadata-token": token }, { ...view, now: NOW + 60_000 }).status).toBe(
    401,
  );
  expect(get(path)).toMatchObject({ status: 200, body: instances.a });
  expect(ask("GET", path, {}, { ...view, instanceId: instances.b })).toMatchObject({
    status: 200,
    body: instances.b,
  });
  expect(ask("POST", path).status).toBe(405);
});

const mac = region.interfaces[enis.a]?.mac;
const publicIp = region.addresses[allocation]?.publicIp;

test.each([
  ["mac", mac],
  ["local-ipv4", "10.0.1.11"],
  ["placement/availability-zone", "lab-west-1a"],
  ["placement/region", "lab-west-1"],
  ["network/interfaces/macs/", `${mac}/`],
  [`network/interfaces/macs/${mac}/interface-id`, enis.a],
  [`network/interfaces/macs/${mac}/local-ipv4s`, "10.0.1.11\n10.0.1.12"],
  [`network/interfaces/macs/${mac}/subnet-id`, subnets.a],
  [`network/interfaces/macs/${mac}/device-number`, "0"],
  [`network/interfaces/macs/${mac}/ipv4-associations/`, publicIp],
  [`network/interfaces/macs/${mac}/ipv4-associations/${publicIp}`, "10.0.1.12"],
  ["iam/security-credentials/", "node-a"],
])("meta-data/%s", (path, body) => {
  expect(get(`/latest/meta-data/${path}`)).toMatchObject({ status: 200, body });
});

test.each([
  "/latest/meta-data/public-ipv4",
  "/latest/meta-data/tags",
  "/latest/nothing",
  "/2001-01-01/meta-data",
  "/latest/meta-data/mac/x",
  "/latest/meta-data/constructor",
])("%s is not there", (path) => {
  expect(get(path).status).toBe(404);
});

test("user data comes back byte for byte, and the identity document says who and where", () => {
  expect(get("/latest/user-data").body).toEqual(binary);
  expect(JSON.parse(String(get("/latest/dynamic/instance-identity/document").body))).toMatchObject({
    instanceId: instances.a,
    region: "lab-west-1",
    availabilityZone: "lab-west-1a",
    privateIp: "10.0.1.11",
  });
});

test("credentials rotate, and the next ones are there at least five minutes before the last ones end", () => {
  const rotation = { lifetimeMs: 900_000, aheadMs: 300_000 };
  const of = (now: number, revokedBefore = 0) =>
    currentCredentials(region, { instanceId: instances.a, role: "node-a", now, revokedBefore }, rotation);
  const seen = Array.from({ length: 200 }, (_, index) => NOW + index * 10_000).map((now) => ({
    now,
    ...of(now),
  }));
  for (const { now, expires } of seen) expect(expires - now).toBeGreaterThanOrEqual(300_000);
  expect(new Set(seen.map(({ accessKeyId }) => accessKeyId)).size).toBeGreaterThanOrEqual(3);
  expect(of(NOW + 1_000).accessKeyId).not.toBe(of(NOW + 1_000, NOW + 500).accessKeyId);
});

test("the listener tells who is asking, and can be silent or broken", async () => {
  const faults = noFaults();
  const server = await serveImds(
    { runner: runRegion(region), faults, instanceId: instances.a },
    { host: "127.0.0.1", port: 0 },
  );
  const url = `http://127.0.0.1:${server.port}`;
  try {
    const given = await fetch(`${url}/latest/api/token`, { method: "PUT", headers: { [TTL]: "60" } });
    const headers = { "x-aws-ec2-metadata-token": await given.text() };
    const data = await fetch(`${url}/latest/user-data`, { headers });
    expect(Buffer.from(await data.arrayBuffer())).toEqual(binary);
    faults.imds = "failing";
    expect((await fetch(url, { headers })).status).toBe(503);
    faults.imds = "silent";
    await expect(fetch(url, { headers, signal: AbortSignal.timeout(200) })).rejects.toThrow("timeout");
  } finally {
    await server.close();
  }
});
