import { join } from "node:path";
import { hostsNginx } from "../../config/nginx";
import { nginxConf } from "../../node/nginx/conf";

/** Two backends on loopback, which answer at once. */
export const backendPorts = [18181, 18182] as const;

/** Where everything of a run is: configurations, logs, certificates. */
export interface Place {
  directory: string;
  certificates: readonly string[];
}

/** HAProxy twice: as it comes, and with what this pair does for each request by default: a log of the same fields, the same headers. */
export const names = ["textbook", "this pair", "HAProxy", "HAProxy, with a log"] as const;

export interface Compared {
  name: (typeof names)[number];
  port: number;
  /** Its ports with TLS, by certificate; the textbook's has none. */
  tls: Readonly<Record<string, number>>;
  file: string;
  conf: string;
}

export const backendConf = (port: number): string => `user www-data;
worker_processes 1;
pid /run/nginx.pid;
error_log /var/log/nginx/error.log warn;
events { worker_connections 16384; }
http {
    access_log off;
    keepalive_requests 1000000;
    server {
        listen 127.0.0.1:${port};
        location / {
            default_type text/plain;
            return 200 "hello from the backend on port ${port}\\n";
        }
    }
}
`;

const servers = (form: (port: number) => string): string => backendPorts.map(form).join("");

/** Debian's nginx.conf with what the article prints as its site. */
const textbook = (port: number): string => `user www-data;
worker_processes 1;
pid /run/nginx.pid;
error_log /var/log/nginx/error.log;
events { worker_connections 16384; }
http {
    sendfile on;
    tcp_nopush on;
    types_hash_max_size 2048;
    include /etc/nginx/mime.types;
    default_type application/octet-stream;
    access_log /var/log/nginx/access.log;
    gzip on;
    upstream backend_pool {
${servers((backend) => `        server 127.0.0.1:${backend};\n`)}    }
    server {
        listen 127.0.0.1:${port};
        location / {
            proxy_pass http://backend_pool;
            proxy_set_header Host $host;
            proxy_set_header X-Real-IP $remote_addr;
            proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
        }
    }
}
`;

/** What a stack of the article's shape gets: defaults but for one worker and ports that are free. */
function ours(port: number, tlsPort: number, certificate: string, { directory }: Place): string {
  const file = (name: string) => join(directory, `${certificate}.${name}`);
  const nginx = hostsNginx.parse({
    port,
    pools: [
      { name: "backend_pool", servers: backendPorts.map((one) => ({ address: "127.0.0.1", port: one })) },
    ],
    // Without names: openssl s_time asks for none.
    sites: [{ tls: { certificate, redirect: false }, routes: [{ path: "/", pool: "backend_pool" }] }],
    certificates: [{ name: certificate, from: "files", certificate: file("crt"), key: file("key") }],
    tls: { port: tlsPort },
    workers: { processes: 1, connections: 16384 },
  });
  // What only a node has beside it.
  return nginxConf(nginx, ["127.0.0.1"], "bench").replace("include generation.conf;", "");
}

/** What makes HAProxy log as this pair does, a JSON object for each request, with an id that is passed on. */
const LOGGED = {
  global: "    log stdout format raw local0\n",
  defaults: `    log global
    unique-id-format %{+X}o%rt%pid%ci%cp%Ts
    unique-id-header X-Request-ID
    log-format '{"time":"%tr","request_id":"%ID","remote_addr":"%ci","method":"%HM","scheme":"%[ssl_fc]","host":"%[capture.req.hdr(0)]","uri":"%HU","protocol":"%HV","status":%ST,"bytes_sent":%B,"request_length":%U,"request_time":%Ta,"upstream_addr":"%si:%sp","upstream_connect_time":"%Tc","upstream_header_time":"%Tr","upstream_response_time":"%Td","ssl_protocol":"%sslv","referer":"%[capture.req.hdr(1)]","user_agent":"%[capture.req.hdr(2)]"}'
`,
  frontend: `    capture request header Host len 100
    capture request header Referer len 100
    capture request header User-Agent len 100
    http-request set-header X-Forwarded-Proto http
`,
};

const haproxy = (
  port: number,
  tls: Record<string, number>,
  { directory }: Place,
  more: typeof LOGGED = { global: "", defaults: "", frontend: "" },
): string => `global
    nbthread 1
    no strict-limits
    maxconn 19000
    ssl-default-bind-options ssl-min-ver TLSv1.2
${more.global}defaults
    mode http
    timeout connect 2s
    timeout client 65s
    timeout server 60s
    option forwardfor
    http-reuse always
${more.defaults}frontend plain
    bind 127.0.0.1:${port}
${Object.entries(tls)
  .map(
    ([name, one]) => `    bind 127.0.0.1:${one} ssl crt ${join(directory, `${name}.pem`)} alpn h2,http/1.1\n`,
  )
  .join("")}${more.frontend}    http-request set-header X-Real-IP %[src]
    default_backend backend_pool
backend backend_pool
    balance roundrobin
${servers((backend) => `    server b${backend} 127.0.0.1:${backend}\n`)}`;

/** What is compared. Each certificate of ours is an nginx of its own, with the same plain port but one. */
export function proxies(place: Place): Compared[] {
  const [first = "ecdsa", second = "rsa"] = place.certificates;
  const haproxyTls = { [first]: 18143, [second]: 18144 };
  return [
    { name: "textbook", port: 18101, tls: {}, file: "textbook.conf", conf: textbook(18101) },
    {
      name: "this pair",
      port: 18102,
      tls: { [first]: 18243 },
      file: "ours.conf",
      conf: ours(18102, 18243, first, place),
    },
    {
      name: "this pair",
      port: 18104,
      tls: { [second]: 18244 },
      file: "ours-second.conf",
      conf: ours(18104, 18244, second, place),
    },
    {
      name: "HAProxy",
      port: 18103,
      tls: haproxyTls,
      file: "haproxy.cfg",
      conf: haproxy(18103, haproxyTls, place),
    },
    {
      name: "HAProxy, with a log",
      port: 18105,
      tls: {},
      file: "haproxy-log.cfg",
      conf: haproxy(18105, {}, place, LOGGED),
    },
  ];
}
