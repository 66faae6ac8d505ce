import { randomUUID } from "node:crypto";
import { z } from "zod";
import { Ec2Error } from "../../model/error";
import type { HealthCheck, Region } from "../../model/state";
import { type Call, ROOT } from "./call";
import { parsed } from "./xml";

const whole = (least: number, most: number) => z.coerce.number().int().min(least).max(most).transform(String);

const changeable = {
  IPAddress: z.ipv4(),
  Port: whole(1, 65535),
  ResourcePath: z.string().max(255),
  FullyQualifiedDomainName: z.string().max(255),
  FailureThreshold: whole(1, 10),
};

/** What is asked, and how often (Route 53 API Reference, HealthCheckConfig). */
const config = z.strictObject({
  ...changeable,
  Type: z.enum(["HTTP", "HTTPS", "TCP"]),
  RequestInterval: z.enum(["10", "30"]),
});

const healthCheckInput = z.strictObject({ CallerReference: z.string(), HealthCheckConfig: config });
const healthCheckUpdate = z.strictObject(changeable).partial();

const tagsInput = z.strictObject({
  AddTags: z
    .strictObject({ Tag: z.array(z.strictObject({ Key: z.string(), Value: z.string() })) })
    .optional(),
  RemoveTagKeys: z.strictObject({ Key: z.array(z.string()) }).optional(),
});

/** The calls of health checks, and of their tags: nothing else has some here. */
export const healthCheckCalls: Record<string, Call> = {
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
};

export function healthCheckOf(region: Region, id: string): HealthCheck {
  const found = Object.hasOwn(region.healthChecks, id) ? region.healthChecks[id] : undefined;
  if (!found) throw new Ec2Error("NoSuchHealthCheck", `A health check with ID ${id} does not exist.`, 404);
  return found;
}

const showHealthCheck = ({ id, reference, version, config: HealthCheckConfig }: HealthCheck) => ({
  Id: id,
  CallerReference: reference,
  HealthCheckConfig,
  HealthCheckVersion: version,
});
