import { isDeepStrictEqual } from "node:util";
import { Ec2Error } from "../../model/error";
import type { HostedZone, RecordSet, Region } from "../../model/state";

/** One change of a batch; all of a batch are made, or none. */
export interface RecordChange {
  action: "CREATE" | "DELETE" | "UPSERT";
  record: RecordSet;
}

/** Names as Route 53 keeps them: lower case, with the final dot. */
const fullName = (name: string): string => `${name.toLowerCase().replace(/\.$/, "")}.`;

export function zoneOf(region: Region, id: string): HostedZone {
  const zone = Object.hasOwn(region.hostedZones, id) ? region.hostedZones[id] : undefined;
  if (!zone) throw new Ec2Error("NoSuchHostedZone", `No hosted zone found with ID: ${id}`, 404);
  return zone;
}

/** A new zone has what every zone has: who serves it. */
export function newZone(name: string, reference: string, id: string): HostedZone {
  const own = fullName(name);
  const server = "ns-1.awsdns-lab.example.";
  const soa = `${server} awsdns-hostmaster.amazon.com. 1 7200 900 1209600 86400`;
  const records: RecordSet[] = [
    { name: own, type: "NS", ttl: 172_800, values: [server] },
    { name: own, type: "SOA", ttl: 900, values: [soa] },
  ];
  return { id, name: own, reference, records };
}

/** The records of a zone after a batch (Route 53 API Reference, ChangeResourceRecordSets). */
export function changeRecords(zone: HostedZone, changes: readonly RecordChange[]): RecordSet[] {
  let records = zone.records;
  for (const { action, record } of changes) {
    const wanted = { ...record, name: fullName(record.name) };
    const set = wanted.spread?.setIdentifier;
    const what = `[name='${wanted.name}', type='${wanted.type}'${set ? `, set-identifier='${set}'` : ""}]`;
    if (wanted.name !== zone.name && !wanted.name.endsWith(`.${zone.name}`))
      throw invalid(`RRSet with DNS name ${wanted.name} is not permitted in zone ${zone.name}`);
    const namesake = (one: RecordSet): boolean => one.name === wanted.name && one.type === wanted.type;
    const same = (one: RecordSet): boolean => namesake(one) && one.spread?.setIdentifier === set;
    const other = records.find((one) => namesake(one) && policyOf(one) !== policyOf(wanted));
    if (action !== "DELETE" && other && !(same(other) && action === "UPSERT"))
      throw invalid(`RRSet ${what} cannot be created as other RRSets exist with the same name and type`);
    const there = records.find(same);
    if (action === "CREATE" && there)
      throw invalid(`Tried to create resource record set ${what} but it already exists`);
    if (action === "DELETE" && (!there || !equal(there, wanted)))
      throw invalid(
        there
          ? `Tried to delete resource record set ${what} but the values provided do not match the current values`
          : `Tried to delete resource record set ${what} but it was not found`,
      );
    records = records.filter((one) => !same(one));
    if (action !== "DELETE") records = [...records, wanted];
  }
  return records;
}

/** Records of one name and type are spread in one way, or there is one. */
const policyOf = ({ spread }: RecordSet): string =>
  spread === undefined ? "simple" : spread.region === undefined ? "weighted" : "latency";

const equal = (one: RecordSet, other: RecordSet): boolean =>
  one.ttl === other.ttl &&
  isDeepStrictEqual(one.spread, other.spread) &&
  [...one.values].sort().join(" ") === [...other.values].sort().join(" ");

const invalid = (message: string): Ec2Error => new Ec2Error("InvalidChangeBatch", `[${message}]`);
