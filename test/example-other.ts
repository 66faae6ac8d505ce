import { exampleEdge, exampleInput } from "./example";

type Input = ReturnType<typeof exampleInput>;

/** The choices that the example does not make, of each key that has several. */
function others({ nginx }: Input): void {
  const [first, sessions] = nginx.pools;
  Object.assign(first, {
    balance: "leastConn",
    connectTimeout: 1,
    sendTimeout: 20,
    readTimeout: 30,
    maxFails: 1,
    failTimeout: 5,
    keepalive: 16,
    keepaliveTimeout: 20,
    servers: [
      { address: "192.0.2.21", weight: 2, maxConns: 100 },
      { address: "192.0.2.22", down: true },
      { address: "192.0.2.27", backup: true },
    ],
  });
  Object.assign(sessions, { balance: "ipHash" });
  delete sessions.hashKey;
  const servers = [{ address: "192.0.2.28" }, { address: "192.0.2.29" }];
  nginx.pools.push(
    { name: "any", balance: "random", servers },
    { name: "by_uri", balance: "hash", hashKey: "uri", servers },
    { name: "unverified", protocol: "https", tls: { verify: false }, servers },
    { name: "secret_calls", protocol: "grpcs", servers },
  );
  delete nginx.routes;
  Object.assign(nginx.rateLimits[0], { allow: [] });
  nginx.rateLimits.push({ name: "by-cookie", key: "cookie:session", rate: "30r/m" });
  Object.assign(nginx.connectionLimits[0], { allow: [], key: "header:X-Api-Key" });
  const [site] = nginx.sites;
  Object.assign(site.tls, { certificate: "local", redirect: false });
  site.tls.hsts = { maxAge: 300, includeSubDomains: true, preload: false };
  site.maintenance = { enabled: true, allow: ["198.51.100.0/24"] };
  site.interceptErrors = true;
  site.limitDryRun = true;
  site.errorPages.push({ codes: [429, 431], page: "Slower, or less.\n" });
  site.routes.push(
    { path: "[.]php$", match: "regexNoCase", pool: "any" },
    { path: "/by-uri/", pool: "by_uri", rateLimits: [{ limit: "by-cookie", burst: 2, delay: 0 }] },
    { path: "/unverified/", pool: "unverified", allow: ["192.0.2.0/24"] },
    { path: "/example.Secret/", pool: "secret_calls" },
    { path: "/moved/", redirect: { to: "/elsewhere{uri}", status: 308 } },
  );
  Object.assign(nginx.tls, { profile: "modern", http2: true });
  delete nginx.proxyProtocol;
  nginx.realIpHeader = "CF-Connecting-IP";
  const [database, names] = nginx.streams;
  Object.assign(database, { balance: "hash", proxyProtocol: true });
  delete database.allow;
  Object.assign(names, { balance: "roundRobin" });
  Object.assign(names.servers[0], { weight: 2, maxConns: 5 });
  names.servers.push({ address: "192.0.2.33", port: 53, backup: true });
  nginx.workers = { processes: 2, connections: 1024, shutdownTimeout: 60 };
  nginx.accessLog = { format: "combined" };
  nginx.compression = { gzip: true, brotli: true };
}

/** The example with another choice wherever it has one, as it is written, fresh for each call. */
export function otherInput(): Input {
  const input = exampleInput();
  others(input);
  return input;
}

/** The same as the program sees it. */
export const exampleOther = () => exampleEdge(others);
