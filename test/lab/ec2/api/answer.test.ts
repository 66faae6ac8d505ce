import { AwsV4Signer } from "aws4fetch";
import { XMLParser } from "fast-xml-parser";
import { expect, test } from "vitest";
import { answer, type Endpoint } from "../../../../lab/ec2/api/answer";
import type { SignedRequest } from "../../../../lab/ec2/api/sigv4";
import { heal } from "../../../../lab/ec2/faults";
import { issue } from "../../../../lab/ec2/iam/credentials";
import { createRole, putRolePolicy } from "../../../../lab/ec2/iam/roles";
import { NOW, pair, TRUST } from "../model/pair";
import { endpoint, OPERATOR } from "./endpoint";

const subject = pair();
let clock = NOW;
const site = endpoint(subject.lab.region, () => clock);
const parser = new XMLParser({ ignoreAttributes: true });

interface Signing {
  key?: string;
  secret?: string;
  token?: string;
  region?: string;
  service?: string;
  at?: number;
  change?(request: SignedRequest): void;
}

/** Sends a request signed with aws4fetch, as the agent signs; answers with the error's code or nothing. */
async function send(body: string, { change, at = clock, ...who }: Signing = {}, to: Endpoint = site) {
  const url = "https://ec2.lab-west-1.example/";
  const signer = new AwsV4Signer({
    url,
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded", host: new URL(url).host },
    body,
    accessKeyId: who.key ?? OPERATOR.key,
    secretAccessKey: who.secret ?? OPERATOR.secret,
    sessionToken: who.token,
    region: who.region ?? "lab-west-1",
    service: who.service ?? "ec2",
    datetime: new Date(at).toISOString().replace(/[:-]|\.\d+/g, ""),
  });
  const { headers } = await signer.sign();
  const request = {
    method: "POST",
    path: "/",
    query: "",
    headers: { host: "ec2.lab-west-1.example", ...Object.fromEntries(headers) },
    body,
  };
  change?.(request);
  const { status, body: text } = await answer(request, to);
  const parsed = parser.parse(text);
  return { status, code: parsed.Response?.Errors.Error.Code as string | undefined, text };
}

const DESCRIBE = "Action=DescribeAddresses&Version=2016-11-15";

test("a signed request is answered with its request's id", async () => {
  const { status, text } = await send(DESCRIBE);
  expect(status).toBe(200);
  expect(text).toMatch(
    /^<\?xml .*\n<DescribeAddressesResponse xmlns="http:\/\/ec2.amazonaws.com\/doc\/2016-11-15\/"><requestId>[0-9a-f-]{36}<\/requestId><addressesSet>/,
  );
});

test.each<[string, Signing, string, number]>([
  ["a key that nobody has", { key: "AKIANOBODY0000000000" }, "AuthFailure", 401],
  ["a wrong secret", { secret: "wrong" }, "AuthFailure", 401],
  ["another Region's scope", { region: "eu-west-1" }, "SignatureDoesNotMatch", 403],
  ["another service's scope", { service: "s3" }, "SignatureDoesNotMatch", 403],
  ["a clock six minutes slow", { at: NOW - 360_000 }, "RequestExpired", 400],
  ["a clock six minutes fast", { at: NOW + 360_000 }, "SignatureDoesNotMatch", 403],
  [
    "a body changed on the way",
    {
      change: (request) => {
        request.body += "&DryRun=true";
      },
    },
    "AuthFailure",
    401,
  ],
  [
    "a token that is not signed",
    {
      change: (request) => {
        request.headers["x-amz-security-token"] = "x";
      },
    },
    "SignatureDoesNotMatch",
    403,
  ],
  [
    "no signature",
    {
      change: (request) => {
        request.headers.authorization = undefined;
      },
    },
    "MissingAuthenticationToken",
    403,
  ],
  ["a token that nobody was given", { token: "made.up" }, "AuthFailure", 401],
])("%s is refused", async (_, signing, code, status) => {
  expect(await send(DESCRIBE, signing)).toMatchObject({ code, status });
});

test("a clock four minutes off is good enough", async () => {
  expect((await send(DESCRIBE, { at: NOW - 240_000 })).status).toBe(200);
  expect((await send(DESCRIBE, { at: NOW + 240_000 })).status).toBe(200);
});

test.each([
  ["no action", "Version=2016-11-15", "MissingAction"],
  ["no version", "Action=DescribeVpcs", "MissingParameter"],
  ["another version", "Action=DescribeVpcs&Version=2010-01-01", "NoSuchVersion"],
  ["an unknown action", "Action=MakeCoffee&Version=2016-11-15", "InvalidAction"],
  ["a parameter twice", `${DESCRIBE}&DryRun=true&DryRun=false`, "MalformedQueryString"],
  ["an unknown parameter", `${DESCRIBE}&Colour=red`, "UnknownParameter"],
  ["a list without numbers", `${DESCRIBE}&AllocationId.x=1`, "UnknownParameter"],
  ["a value where members belong", `${DESCRIBE}&Filter.1=x`, "InvalidParameterValue"],
  ["a flag that is none", `${DESCRIBE}&DryRun=perhaps`, "InvalidParameterValue"],
  ["a name of every object's", `${DESCRIBE}&constructor=1`, "UnknownParameter"],
])("%s: %s is %s", async (_, body, code) => {
  expect((await send(body)).code).toBe(code);
});

test("a role's session works until it expires, is revoked, or the role is gone", async () => {
  const policy = JSON.stringify({
    Version: "2012-10-17",
    Statement: { Effect: "Allow", Action: "ec2:Describe*", Resource: "*" },
  });
  site.runner.apply((region) =>
    putRolePolicy(createRole(region, { name: "node", trust: TRUST, now: NOW }), "node", "p", policy),
  );
  const session = issue("test", {
    instanceId: subject.instances.a,
    role: "node",
    issued: NOW,
    expires: NOW + 60_000,
  });
  const who = { key: session.accessKeyId, secret: session.secretAccessKey, token: session.token };
  expect((await send(DESCRIBE, who)).status).toBe(200);
  expect((await send("Action=AllocateAddress&Version=2016-11-15", who)).code).toBe("UnauthorizedOperation");
  site.faults.revokedBefore = NOW + 1;
  expect((await send(DESCRIBE, who)).code).toBe("RequestExpired");
  heal(site.faults);
  site.faults.credentialsExpired = true;
  expect((await send(DESCRIBE, who)).code).toBe("RequestExpired");
  expect((await send(DESCRIBE)).status).toBe(200);
  heal(site.faults);
  clock += 60_000;
  expect((await send(DESCRIBE, who)).code).toBe("RequestExpired");
  clock = NOW;
  site.runner.apply((region) => ({ ...region, roles: {} }));
  expect((await send(DESCRIBE, who)).code).toBe("AuthFailure");
});

test("a stale describe shows what was, and a mutation sees what is", async () => {
  const { allocation, enis } = subject;
  const associate = `Action=AssociateAddress&Version=2016-11-15&AllocationId=${allocation}&NetworkInterfaceId=${enis.a}`;
  clock += 10_000;
  expect((await send(associate)).status).toBe(200);
  site.faults.staleMs = 2_000;
  clock += 1_000;
  expect((await send(DESCRIBE)).text).not.toContain(enis.a);
  expect((await send(`${associate.replace(enis.a, enis.b)}`)).code).toBe("Resource.AlreadyAssociated");
  clock += 1_500;
  expect((await send(DESCRIBE)).text).toContain(enis.a);
  heal(site.faults);
});

test("throttling and server errors leave the Region alone, unless the fault says that it took effect", async () => {
  const allocate = "Action=AllocateAddress&Version=2016-11-15";
  const count = () => Object.keys(site.runner.state().addresses).length;
  const before = count();
  site.faults.throttled = ["AllocateAddress"];
  expect(await send(allocate)).toMatchObject({ code: "RequestLimitExceeded", status: 503 });
  site.faults.throttled = [];
  site.faults.failing = { AllocateAddress: { status: 500 } };
  expect(await send(allocate)).toMatchObject({ code: "InternalError", status: 500 });
  expect(count()).toBe(before);
  site.faults.failing = { "*": { status: 503, tookEffect: true } };
  expect(await send(allocate)).toMatchObject({ code: "Unavailable", status: 503 });
  expect(count()).toBe(before + 1);
  heal(site.faults);
});

test("latency comes before the effect, a delayed answer after it", async () => {
  site.faults.latencyMs = { DescribeAddresses: 50 };
  const start = performance.now();
  await send(DESCRIBE);
  expect(performance.now() - start).toBeGreaterThanOrEqual(45);
  heal(site.faults);
  site.faults.answerDelayMs = { "*": 50 };
  let changes = 0;
  const stop = site.runner.subscribe(() => {
    changes++;
  });
  const asked = send("Action=CreateInternetGateway&Version=2016-11-15");
  await expect.poll(() => changes, { interval: 5, timeout: 5_000 }).toBe(1);
  expect((await asked).status).toBe(200);
  stop();
  heal(site.faults);
});
