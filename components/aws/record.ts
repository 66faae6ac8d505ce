import * as route53 from "@pulumi/aws/route53";
import type * as pulumi from "@pulumi/pulumi";
import { answeringFor } from "../../config/nginx/answering";
import type { Scope } from "./scope";
import { thisStack } from "./tags";

/** The name that leads to the VIP: alone, or as one of several Regions' pairs, as long as this one is healthy. */
export function record(scope: Scope, vip: pulumi.Output<string>): void {
  const { name, opts } = scope;
  const { dns, nginx } = scope.cluster;
  if (dns === undefined) return;
  const { zoneId, ttl, spread } = dns;
  const args = { zoneId, name: dns.name, type: "A", ttl, records: [vip] };
  if (spread === undefined) {
    new route53.Record(`${name}-record`, args, opts);
    return;
  }
  // A redirect would be an answer, whatever the backends do: what it leads to is asked. The certificate is not looked at.
  const byTls = answeringFor(dns.name, nginx)?.tls?.redirect === true;
  const health = new route53.HealthCheck(
    `${name}-health`,
    {
      type: byTls ? "HTTPS" : "HTTP",
      ipAddress: vip,
      port: byTls ? nginx.tls.port : nginx.port,
      fqdn: dns.name,
      resourcePath: "/",
      requestInterval: 10,
      failureThreshold: 3,
      tags: scope.tags("health"),
    },
    opts,
  );
  const policy =
    spread.by === "latency"
      ? { latencyRoutingPolicies: [{ region: scope.facts.apply(({ region }) => region) }] }
      : { weightedRoutingPolicies: [{ weight: spread.weight }] };
  new route53.Record(
    `${name}-record`,
    { ...args, ...policy, setIdentifier: thisStack(), healthCheckId: health.id },
    opts,
  );
}
