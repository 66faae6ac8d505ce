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
        record: {
          name: set.Name,
          type: set.Type,
          ttl: set.TTL,
          values: set.ResourceRecords.ResourceRecord.map(({ Value }) => Value),
        },
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

const showRecord = ({ name, type, ttl, values }: RecordSet) => ({
  Name: name,
  Type: type,
  TTL: ttl,
  ResourceRecords: { ResourceRecord: values.map((Value) => ({ Value })) },
});

const zoneInput = z.strictObject({ Name: z.string(), CallerReference: z.string() });
const recordInput = z.strictObject({
  Name: z.string(),
  Type: z.enum(["A", "AAAA", "CNAME", "TXT"]),
  TTL: z.coerce.number().int().min(0),
  ResourceRecords: z.strictObject({ ResourceRecord: z.array(z.strictObject({ Value: z.string() })) }),
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
  isArray: (name) => name === "Change" || name === "ResourceRecord",
});
const builder = new XMLBuilder({ ignoreAttributes: false });

function parsed<T>(shape: z.ZodType<T>, body: string, root: string): T {
  const read = shape.safeParse(parser.parse(body)[root]);
  if (read.success) return read.data;
  throw new Ec2Error("InvalidInput", z.prettifyError(read.error));
}

const xml = (root: string, members: object): string =>
  `<?xml version="1.0"?>\n${builder.build({ [root]: { "@_xmlns": NAMESPACE, ...members } })}`;
