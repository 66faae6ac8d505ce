import { z } from "zod";
import { Ec2Error } from "../model/error";
import type { HealthCheck, Region } from "../model/state";

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

export const healthCheckInput = z.strictObject({ CallerReference: z.string(), HealthCheckConfig: config });
export const healthCheckUpdate = z.strictObject(changeable).partial();

export function healthCheckOf(region: Region, id: string): HealthCheck {
  const found = Object.hasOwn(region.healthChecks, id) ? region.healthChecks[id] : undefined;
  if (!found) throw new Ec2Error("NoSuchHealthCheck", `A health check with ID ${id} does not exist.`, 404);
  return found;
}

export const showHealthCheck = ({ id, reference, version, config: HealthCheckConfig }: HealthCheck) => ({
  Id: id,
  CallerReference: reference,
  HealthCheckConfig,
  HealthCheckVersion: version,
});
