import { type Kind, type On, unlessGone } from "../kind";
import type { Properties } from "../plain";

/** Zone, name, type and, of one of several, its own name: as the original's id has them. */
const parts = (id: string): { zoneId: string; name: string; type: string; set?: string } => {
  const found = /^([^_]+)_(.+?)_([A-Z]+)(?:_(.+))?$/.exec(id);
  const [, zoneId = "", name = "", type = "", set] = found ?? [];
  return { zoneId, name, type, set };
};

type Action = "CREATE" | "DELETE" | "UPSERT";

const change = ({ aws }: On, zoneId: string, changes: { action: Action; record: Properties }[]) =>
  aws.route53.change(
    zoneId,
    changes.map(({ action, record }) => ({ Action: action, ResourceRecordSet: setOf(record) })),
  );

function setOf(record: Properties) {
  const { name, type, ttl, records, setIdentifier, healthCheckId } = record;
  const weight = record.weightedRoutingPolicies?.[0]?.weight;
  const region = record.latencyRoutingPolicies?.[0]?.region;
  return {
    Name: name,
    Type: type,
    ...(setIdentifier && { SetIdentifier: setIdentifier }),
    ...(weight !== undefined && { Weight: weight }),
    ...(region && { Region: region }),
    TTL: ttl,
    ResourceRecords: { ResourceRecord: (records as string[]).map((Value) => ({ Value })) },
    ...(healthCheckId && { HealthCheckId: healthCheckId }),
  };
}

/** A record of Route 53 with values of its own, alone or as one of several. */
export const record: Kind = {
  async create(inputs, on) {
    const action = inputs.allowOverwrite ? "UPSERT" : "CREATE";
    await change(on, inputs.zoneId, [{ action, record: inputs }]);
    const { zoneId, name, type, setIdentifier } = inputs;
    return [zoneId, name, type, ...(setIdentifier ? [setIdentifier] : [])].join("_");
  },
  async read(id, { aws }) {
    const { zoneId, name, type, set } = parts(id);
    const all = (await unlessGone(aws.route53.records(zoneId, name, type))) ?? [];
    const full = `${name.toLowerCase().replace(/\.$/, "")}.`;
    const found = all.find(
      (one) => one.Name === full && one.Type === type && (one.SetIdentifier ?? "") === (set ?? ""),
    );
    if (!found) return undefined;
    return {
      zoneId,
      name,
      type,
      ttl: Number(found.TTL),
      records: found.ResourceRecords.ResourceRecord.map(({ Value }) => Value),
      ...(set && { setIdentifier: set }),
      ...(found.Weight !== undefined && { weightedRoutingPolicies: [{ weight: Number(found.Weight) }] }),
      ...(found.Region && { latencyRoutingPolicies: [{ region: found.Region }] }),
      ...(found.HealthCheckId && { healthCheckId: found.HealthCheckId }),
      fqdn: full.replace(/\.$/, ""),
    };
  },
  async update(_id, news, changed, on, olds) {
    const moved = [...changed].some((path) => path === "type" || path.includes("RoutingPolicies"));
    await change(on, news.zoneId, [
      ...(moved ? [{ action: "DELETE" as const, record: olds }] : []),
      { action: moved ? ("CREATE" as const) : ("UPSERT" as const), record: news },
    ]);
  },
  async remove(id, state, on) {
    const { zoneId } = parts(id);
    await unlessGone(change(on, zoneId, [{ action: "DELETE", record: state }]));
  },
};
