import { z } from "zod";
import { Ec2Error } from "../../model/error";
import type { RecordSet, Region } from "../../model/state";
import { type Call, insync, ROOT } from "./call";
import { healthCheckOf } from "./health-checks";
import { changeRecords, zoneOf } from "./hosted-zones";
import { parsed } from "./xml";

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

/** The calls of records. */
export const recordCalls: Record<string, Call> = {
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
};

const key = ({ name, type }: Pick<RecordSet, "name" | "type">): string =>
  `${name.toLowerCase().replace(/\.$/, "").split(".").reverse().join(".")} ${type}`;

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
