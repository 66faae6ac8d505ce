import { randomUUID } from "node:crypto";
import { changeEach, type Kind, type On, unlessGone } from "../kind";
import type { Properties } from "../plain";

/** What Route 53 asks, in the API's words. */
const configOf = ({ ipAddress, port, resourcePath, fqdn, failureThreshold }: Properties) => ({
  IPAddress: ipAddress,
  Port: port,
  ResourcePath: resourcePath,
  FullyQualifiedDomainName: fqdn,
  FailureThreshold: failureThreshold,
});

async function tag({ aws }: On, id: string, news: Properties, olds: Properties): Promise<void> {
  const [now, before] = [news.tags ?? {}, olds.tags ?? {}];
  const gone = Object.keys(before).filter((key) => !(key in now));
  const Tag = Object.entries(now).map(([Key, Value]) => ({ Key, Value }));
  if (gone.length + Tag.length === 0) return;
  await aws.route53.call("POST", `/tags/healthcheck/${id}`, {
    ChangeTagsForResourceRequest: {
      ...(Tag.length > 0 && { AddTags: { Tag } }),
      ...(gone.length > 0 && { RemoveTagKeys: { Key: gone } }),
    },
  });
}

/** A health check of Route 53. Nobody asks the lab's; it is kept as the API has it. */
export const healthCheck: Kind = {
  async create(inputs, on) {
    const made = await on.aws.route53.call("POST", "/healthcheck", {
      CreateHealthCheckRequest: {
        CallerReference: randomUUID(),
        HealthCheckConfig: {
          ...configOf(inputs),
          Type: inputs.type,
          RequestInterval: inputs.requestInterval,
        },
      },
    });
    const { Id } = made.HealthCheck;
    await tag(on, Id, inputs, {});
    return Id;
  },
  async read(id, { aws }) {
    const found = await unlessGone(aws.route53.call("GET", `/healthcheck/${id}`));
    if (!found) return undefined;
    const { HealthCheckConfig: config } = found.HealthCheck;
    const { ResourceTagSet } = await aws.route53.call("GET", `/tags/healthcheck/${id}`);
    const all = (ResourceTagSet.Tags?.Tag ?? []) as { Key: string; Value: string }[];
    const tags = Object.fromEntries(all.map(({ Key, Value }) => [Key, Value]));
    return {
      type: config.Type,
      ipAddress: config.IPAddress,
      port: Number(config.Port),
      resourcePath: config.ResourcePath,
      fqdn: config.FullyQualifiedDomainName,
      requestInterval: Number(config.RequestInterval),
      failureThreshold: Number(config.FailureThreshold),
      arn: `arn:aws:route53:::healthcheck/${id}`,
      tags,
      tagsAll: tags,
    };
  },
  async update(id, news, changed, on, olds) {
    const config = () =>
      on.aws.route53.call("POST", `/healthcheck/${id}`, { UpdateHealthCheckRequest: configOf(news) });
    await changeEach(changed, {
      ipAddress: config,
      port: config,
      resourcePath: config,
      fqdn: config,
      failureThreshold: config,
      tags: () => tag(on, id, news, olds),
    });
  },
  async remove(id, _state, { aws }) {
    await unlessGone(aws.route53.call("DELETE", `/healthcheck/${id}`));
  },
};
