import { type Kind, type On, unlessGone } from "../kind";
import type { Properties } from "../plain";

/** Zone, name and type, as the original's id has them. */
const parts = (id: string): { zoneId: string; name: string; type: string } => {
  const [zoneId = "", ...rest] = id.split("_");
  return { zoneId, name: rest.slice(0, -1).join("_"), type: rest.at(-1) ?? "" };
};

type Action = "CREATE" | "DELETE" | "UPSERT";

const change = ({ aws }: On, zoneId: string, changes: { action: Action; record: Properties }[]) =>
  aws.route53.change(
    zoneId,
    changes.map(({ action, record: { name, type, ttl, records } }) => ({
      Action: action,
      ResourceRecordSet: {
        Name: name,
        Type: type,
        TTL: ttl,
        ResourceRecords: { ResourceRecord: (records as string[]).map((Value) => ({ Value })) },
      },
    })),
  );

/** A record of Route 53 with values of its own. */
export const record: Kind = {
  async create(inputs, on) {
    const action = inputs.allowOverwrite ? "UPSERT" : "CREATE";
    await change(on, inputs.zoneId, [{ action, record: inputs }]);
    return `${inputs.zoneId}_${inputs.name}_${inputs.type}`;
  },
  async read(id, { aws }) {
    const { zoneId, name, type } = parts(id);
    const all = (await unlessGone(aws.route53.records(zoneId, name, type))) ?? [];
    const full = `${name.toLowerCase().replace(/\.$/, "")}.`;
    const found = all.find((one) => one.Name === full && one.Type === type);
    return (
      found && {
        zoneId,
        name,
        type,
        ttl: Number(found.TTL),
        records: found.ResourceRecords.ResourceRecord.map(({ Value }) => Value),
        fqdn: full.replace(/\.$/, ""),
      }
    );
  },
  async update(_id, news, changed, on, olds) {
    const moved = changed.has("type");
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
