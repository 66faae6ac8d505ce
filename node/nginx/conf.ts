import type { ServedNginx } from "../settings";
import { challengeUpstream } from "./challenges";
import { clients, compression, logging, proxying, realIp, variables } from "./http";
import { healthServer, siteServers } from "./servers";
import { streamBlock } from "./streams";
import { block, dollar, type Lines } from "./text";
import { tlsDefaults } from "./tls";
import { upstreams } from "./upstreams";

/**
 * `nginx.conf`, the same on both nodes.
 * @param nodes the addresses of both nodes, in an order that is the same on both
 * @param config what the health name answers
 */
export function nginxConf(nginx: ServedNginx, nodes: readonly string[], config: string): string {
  const { workers } = nginx;
  const text = [
    "# Made by nginx-ha. Changes here are replaced: change the stack's configuration and run pulumi up.",
    "user www-data;",
    `worker_processes ${workers.processes};`,
    // A request takes two connections, and each may need a file for a body that is too large for memory.
    `worker_rlimit_nofile ${8 * workers.connections};`,
    `worker_shutdown_timeout ${workers.shutdownTimeout}s;`,
    "pid /run/nginx.pid;",
    "error_log /var/log/nginx/error.log warn;",
    "include /etc/nginx/modules-enabled/*.conf;",
    "",
    ...block("events", [`worker_connections ${workers.connections};`]),
    "",
    ...block("http", withDollar(http(nginx, nodes, config))),
    ...streamBlock(nginx),
  ];
  return `${text.join("\n")}\n`;
}

function http(nginx: ServedNginx, nodes: readonly string[], config: string): Lines {
  return [
    "include /etc/nginx/mime.types;",
    "default_type application/octet-stream;",
    ...logging(nginx),
    "server_tokens off;",
    "sendfile on;",
    "tcp_nopush on;",
    ...compression(nginx),
    ...clients(nginx),
    ...realIp(nginx),
    "",
    ...proxying(nginx),
    "",
    ...tlsDefaults(nginx),
    ...variables(nginx),
    ...upstreams(nginx),
    ...challengeUpstream(nginx, nodes),
    ...healthServer(nginx, nodes, config),
    "",
    ...siteServers(nginx),
    "# What the operator's directory adds, and the hash of it all.",
    "include generation.conf;",
  ];
}

/** Defines the variable that is a dollar sign, where a text needs one. */
const withDollar = (lines: Lines): Lines =>
  lines.some((line) => line.includes(`{${dollar}}`)) ? [`geo $${dollar} { default "$"; }`, ...lines] : lines;
