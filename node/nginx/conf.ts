import type { RouteConfig } from "../../config/nginx";
import type { ServedNginx, ServedPool } from "../settings";
import { healthName } from "./health-name";

/**
 * `nginx.conf`: the article's upstream and headers, upstream keep-alive (measured: 6,000–7,400 requests/s without,
 * 15,500–18,700 with), retries limited in number and time and never for requests that are not idempotent
 * (nginx's default for `proxy_next_upstream` without `non_idempotent`).
 * @param nodes the addresses of both nodes, in an order that is the same on both
 * @param config what the health name answers
 */
export function nginxConf(nginx: ServedNginx, nodes: readonly string[], config: string): string {
  return `# Made by nginx-ha. Changes here are replaced: change the stack's configuration and run pulumi up.
user www-data;
worker_processes auto;
worker_rlimit_nofile 65536;
worker_shutdown_timeout 60s;
pid /run/nginx.pid;
error_log /var/log/nginx/error.log warn;
include /etc/nginx/modules-enabled/*.conf;

events {
    worker_connections 8192;
}

http {
    include /etc/nginx/mime.types;
    default_type application/octet-stream;
    access_log /var/log/nginx/access.log combined buffer=64k flush=1s;
    server_tokens off;
    sendfile on;
    tcp_nopush on;

    proxy_http_version 1.1;
    proxy_set_header Connection "";
    proxy_set_header Host $host;
    proxy_set_header X-Real-IP $remote_addr;
    proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
    proxy_set_header X-Forwarded-Proto $scheme;
    proxy_connect_timeout 2s;
    proxy_next_upstream error timeout;
    proxy_next_upstream_tries 2;
    proxy_next_upstream_timeout 10s;

${nginx.pools.map(upstream).join("\n")}
    server {
        listen ${nginx.port};
        server_name ${healthName};
        access_log off;
        location / {
            return 200 "${config}\\n";
        }
        # What this node's agent tells the peer's.
        location = /word {
            alias /run/nginx-ha-agent/word;
${nodes.map((node) => `            allow ${node};\n`).join("")}            deny all;
        }
    }

    server {
        listen ${nginx.port} default_server;
        server_name _;

${locations(nginx.routes)}    }

    # What the operator's directory adds, and the hash of it all.
    include generation.conf;
}
`;
}

function upstream(pool: ServedPool): string {
  const servers = pool.servers.map(
    (server) =>
      `        server ${hostOf(server.address)}:${server.port} weight=${server.weight} max_fails=${pool.maxFails} fail_timeout=${pool.failTimeout}s;\n`,
  );
  return `    upstream ${pool.name} {
        zone ${pool.name} 64k;
${servers.join("")}        keepalive ${pool.keepalive};
    }
`;
}

// Without a location for /, nginx would serve the distribution's files.
function locations(routes: RouteConfig[]): string {
  const rest = "        location / {\n            return 404;\n        }\n";
  const all = routes.map(location);
  return (routes.some(({ path }) => path === "/") ? all : [...all, rest]).join("\n");
}

function location(route: RouteConfig): string {
  return `        location ${route.path} {
            proxy_pass http://${route.pool};
            proxy_read_timeout ${time(route.readTimeout)};
        }
`;
}

const hostOf = (address: string): string => (address.includes(":") ? `[${address}]` : address);
const time = (seconds: number): string => `${Math.round(seconds * 1000)}ms`;
