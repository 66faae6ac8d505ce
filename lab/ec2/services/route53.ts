import { randomUUID } from "node:crypto";
import { XMLBuilder, XMLParser } from "fast-xml-parser";
import { z } from "zod";
import type { Endpoint, HttpAnswer } from "../api/answer";
import { identify } from "../api/identify";
import type { SignedRequest } from "../api/sigv4";
import { authorize } from "../iam/authorize";
import { Ec2Error } from "../model/error";
import { newIamId } from "../model/ids";
import type { HostedZone, RecordSet, Region } from "../model/state";
import { healthCheckInput, healthCheckOf, healthCheckUpdate, showHealthCheck } from "./health-checks";
import { changeRecords, newZone, zoneOf } from "./hosted-zones";

const NAMESPACE = "https://route53.amazonaws.com/doc/2013-04-01/";
const ROOT = "/2013-04-01";

/** What a call does: the Region after it, and the answer's members. */
interface Done {
  region?: Region;
  status?: number;
  result: object;
}

interface Call {
  method: string;
  path: RegExp;
  run(region: Region, asked: { id: string; body: string; query: URLSearchParams }): Done;
}

/** Route 53, as far as records for a VIP need it (Route 53 API Reference, 2013-04-01). Nobody resolves its names. */
export function route53(request: SignedRequest, { runner, keys, faults, now }: Endpoint): HttpAnswer {
  const requestId = randomUUID();
  try {
    const region = runner.state();
    const caller = identify(request, { region, keys, faults, now: now(), service: "route53" });
    const [name, call] = callFor(request);
    authorize(region, caller, `route53:${name}`, undefined);
    const id = call.path.exec(request.path)?.[1] ?? "";
    const query = new URLSearchParams(request.query);
    const { region: next, status = 200, result } = call.run(region, { id, body: request.body, query });
    if (next) runner.apply(() => next);
    return { status, requestId, contentType: "text/xml", body: xml(`${name}Response`, result) };
  } catch (error) {
    if (!(error instanceof Ec2Error)) throw error;
    const { code: Code, message: Message, status } = error;
    const body = xml("ErrorResponse", { Error: { Type: "Sender", Code, Message }, RequestId: requestId });
    return { status, requestId, contentType: "text/xml", body };
  }
}

const calls: Record<string, Call> = {
  CreateHostedZone: {
    method: "POST",
    path: new RegExp(`^${ROOT}/hostedzone$`),
    run(before, { body }) {
      const { Name, CallerReference } = parsed(zoneInput, body, "CreateHostedZoneRequest");
      const region = structuredClone(before);
      const id = `Z${newIamId(region, "AROA").slice(4)}`;
      const zone = newZone(Name, CallerReference, id);
      region.hostedZones[id] = zone;
      const DelegationSet = { NameServers: { NameServer: zone.records[0]?.values } };
      return { region, status: 201, result: { HostedZone: showZone(zone), ...insync(), DelegationSet } };
    },
  },
  GetHostedZone: {
    method: "GET",
    path: new RegExp(`^${ROOT}/hostedzone/([A-Z0-9]+)$`),
    run: (region, { id }) => ({ result: { HostedZone: showZone(zoneOf(region, id)) } }),
  },
  DeleteHostedZone: {
    method: "DELETE",
    path: new RegExp(`^${ROOT}/hostedzone/([A-Z0-9]+)$`),
    run(before, { id }) {
      if (zoneOf(before, id).records.length > 2)
        throw new Ec2Error("HostedZoneNotEmpty", "The hosted zone contains resource records");
      const region = structuredClone(before);
      delete region.hostedZones[id];
      return { region, result: insync() };
    },
  },
  ChangeResourceRecordSets: {
    method: "POST",
    path: new RegExp(`^${ROOT}/hostedzone/([A-Z0-9]+)/rrset/?$`),
    run(before, { id, body }) {
      const { ChangeBatch } = parsed(changeInput, body, "ChangeResourceRecordSetsRequest");
      const changes = ChangeBatch.Changes.Change.map(({ Action, ResourceRecordSet: set }) => ({
        action: Action,
        record: recordOf(before, set),
      }));
      const records = changeRecords(zoneOf(before, id), changes);
      const region = structuredClone(before);
      zoneOf(region, id).records = records;
      return { region, result: insync() };
    },
  },
  ListResourceRecordSets: {
    method: "GET",
    path: new RegExp(`^${ROOT}/hostedzone/([A-Z0-9]+)/rrset$`),
    run(region, { id, query }) {
      const [name, type] = [query.get("name") ?? "", query.get("type") ?? ""];
      const all = zoneOf(region, id).records.toSorted((a, b) => (key(a) < key(b) ? -1 : 1));
      const from = name === "" ? all : all.filter((one) => key(one) >= key({ name, type }));
      const ResourceRecordSet = from.slice(0, 300).map(showRecord);
      return { result: { ResourceRecordSets: { ResourceRecordSet }, IsTruncated: false, MaxItems: "300" } };
    },
  },
  CreateHealthCheck: {
    method: "POST",
    path: new RegExp(`^${ROOT}/healthcheck$`),
    run(before, { body }) {
      const { CallerReference: reference, HealthCheckConfig: config } = parsed(
        healthCheckInput,
        body,
        "CreateHealthCheckRequest",
      );
      const region = structuredClone(before);
      const id = randomUUID();
      const check = { id, reference, version: 1, config, tags: {} };
      region.healthChecks[id] = check;
      return { region, status: 201, result: { HealthCheck: showHealthCheck(check) } };
    },
  },
  GetHealthCheck: {
    method: "GET",
    path: new RegExp(`^${ROOT}/healthcheck/([a-f0-9-]+)$`),
    run: (region, { id }) => ({ result: { HealthCheck: showHealthCheck(healthCheckOf(region, id)) } }),
  },
  UpdateHealthCheck: {
    method: "POST",
    path: new RegExp(`^${ROOT}/healthcheck/([a-f0-9-]+)$`),
    run(before, { id, body }) {
      const region = structuredClone(before);
      const check = healthCheckOf(region, id);
      Object.assign(check.config, parsed(healthCheckUpdate, body, "UpdateHealthCheckRequest"));
      check.version++;
      return { region, result: { HealthCheck: showHealthCheck(check) } };
    },
  },
  DeleteHealthCheck: {
    method: "DELETE",
    path: new RegExp(`^${ROOT}/healthcheck/([a-f0-9-]+)$`),
    run(before, { id }) {
      const region = structuredClone(before);
      healthCheckOf(region, id);
      const used = Object.values(region.hostedZones).flatMap(({ records }) => records);
      if (used.some(({ spread }) => spread?.healthCheckId === id))
        throw new Ec2Error("HealthCheckInUse", `The health check ${id} is used by a record.`);
      delete region.healthChecks[id];
      return { region, result: {} };
    },
  },
  ChangeTagsForResource: {
    method: "POST",
    path: new RegExp(`^${ROOT}/tags/healthcheck/([a-f0-9-]+)$`),
    run(before, { id, body }) {
      const { AddTags, RemoveTagKeys } = parsed(tagsInput, body, "ChangeTagsForResourceRequest");
      const region = structuredClone(before);
      const { tags } = healthCheckOf(region, id);
      for (const key of RemoveTagKeys?.Key ?? []) delete tags[key];
      for (const { Key, Value } of AddTags?.Tag ?? []) tags[Key] = Value;
      return { region, result: {} };
    },
  },
  ListTagsForResource: {
    method: "GET",
    path: new RegExp(`^${ROOT}/tags/healthcheck/([a-f0-9-]+)$`),
    run(region, { id }) {
      const Tag = Object.entries(healthCheckOf(region, id).tags).map(([Key, Value]) => ({ Key, Value }));
      const Tags = Tag.length > 0 ? { Tag } : {};
      return { result: { ResourceTagSet: { ResourceType: "healthcheck", ResourceId: id, Tags } } };
    },
  },
  GetChange: { method: "GET", path: new RegExp(`^${ROOT}/change/`), run: () => ({ result: insync() }) },
};

function callFor({ method, path }: SignedRequest): [string, Call] {
  const found = Object.entries(calls).find(([, call]) => call.method === method && call.path.test(path));
  if (!found) throw new Ec2Error("InvalidAction", `Route 53 of the lab has no ${method} ${path}`, 404);
  return found;
}

/** A change is everywhere at once here. */
const insync = () => ({
  ChangeInfo: { Id: "/change/C0LAB", Status: "INSYNC", SubmittedAt: new Date().toISOString() },
});

const key = ({ name, type }: Pick<RecordSet, "name" | "type">): string =>
  `${name.toLowerCase().replace(/\.$/, "").split(".").reverse().join(".")} ${type}`;

const showZone = ({ id, name, reference, records }: HostedZone) => ({
  Id: `/hostedzone/${id}`,
  Name: name,
  CallerReference: reference,
  Config: { PrivateZone: false },
  ResourceRecordSetCount: records.length,
});

const showRecord = ({ name, type, ttl, values, spread }: RecordSet) => ({
  Name: name,
  Type: type,
  ...(spread && { SetIdentifier: spread.setIdentifier }),
  ...(spread?.weight !== undefined && { Weight: spread.weight }),
  ...(spread?.region !== undefined && { Region: spread.region }),
  TTL: ttl,
  ResourceRecords: { ResourceRecord: values.map((Value) => ({ Value })) },
  ...(spread?.healthCheckId !== undefined && { HealthCheckId: spread.healthCheckId }),
});

function recordOf(region: Region, set: z.output<typeof recordInput>): RecordSet {
  const { Name: name, Type: type, TTL: ttl, SetIdentifier: setIdentifier } = set;
  const record = { name, type, ttl, values: set.ResourceRecords.ResourceRecord.map(({ Value }) => Value) };
  const { Weight: weight, Region: where, HealthCheckId: healthCheckId } = set;
  if (healthCheckId !== undefined) healthCheckOf(region, healthCheckId);
  if (setIdentifier === undefined && weight === undefined && where === undefined) {
    if (healthCheckId === undefined) return record;
    throw new Ec2Error("InvalidInput", "Route 53 of the lab knows health checks of spread records only");
  }
  if (setIdentifier === undefined || (weight === undefined) === (where === undefined))
    throw new Ec2Error("InvalidInput", "Invalid request: a SetIdentifier, and one of Weight and Region");
  return {
    ...record,
    spread: {
      setIdentifier,
      ...(weight !== undefined && { weight }),
      ...(where !== undefined && { region: where }),
      ...(healthCheckId !== undefined && { healthCheckId }),
    },
  };
}

const zoneInput = z.strictObject({ Name: z.string(), CallerReference: z.string() });
const recordInput = z.strictObject({
  Name: z.string(),
  Type: z.enum(["A", "AAAA", "CNAME", "TXT"]),
  SetIdentifier: z.string().min(1).max(128).optional(),
  Weight: z.coerce.number().int().min(0).max(255).optional(),
  Region: z.string().optional(),
  HealthCheckId: z.string().optional(),
  TTL: z.coerce.number().int().min(0),
  ResourceRecords: z.strictObject({ ResourceRecord: z.array(z.strictObject({ Value: z.string() })) }),
});
const tagsInput = z.strictObject({
  AddTags: z
    .strictObject({ Tag: z.array(z.strictObject({ Key: z.string(), Value: z.string() })) })
    .optional(),
  RemoveTagKeys: z.strictObject({ Key: z.array(z.string()) }).optional(),
});
const changeInput = z.strictObject({
  ChangeBatch: z.strictObject({
    Comment: z.string().optional(),
    Changes: z.strictObject({
      Change: z.array(
        z.strictObject({ Action: z.enum(["CREATE", "DELETE", "UPSERT"]), ResourceRecordSet: recordInput }),
      ),
    }),
  }),
});

const parser = new XMLParser({
  parseTagValue: false,
  isArray: (name, path) =>
    ["Change", "ResourceRecord", "Tag"].includes(name) ||
    (name === "Key" && /RemoveTagKeys\.Key$/.test(`${path}`)),
});
const builder = new XMLBuilder({ ignoreAttributes: false });

function parsed<T>(shape: z.ZodType<T>, body: string, root: string): T {
  const read = shape.safeParse(parser.parse(body)[root]);
  if (read.success) return read.data;
  throw new Ec2Error("InvalidInput", z.prettifyError(read.error));
}

const xml = (root: string, members: object): string =>
  `<?xml version="1.0"?>\n${builder.build({ [root]: { "@_xmlns": NAMESPACE, ...members } })}`;
