/** What the pair of these tests serves: some of everything, at this lab's addresses. */
export const served = (address: (machine: string) => string) => {
  const both = ["backend-1", "backend-2"].map((name) => ({ address: address(name) }));
  const names = ["www.example.org", "*.apps.example.org"];
  const paced = { rateLimits: [{ limit: "paced", burst: 4 }] };
  return {
    pools: [
      { name: "backend_pool", servers: both, readTimeout: 5 },
      { name: "canary", servers: both.slice(1) },
      { name: "sticky", servers: both, balance: "hash", hashKey: "cookie:session" },
      { name: "messages", servers: [{ address: address("backend-1"), port: 8081 }] },
      { name: "calls", protocol: "grpc", servers: [{ address: address("backend-2"), port: 50051 }] },
      { name: "weighted", servers: both.map((one, index) => ({ ...one, weight: index === 0 ? 3 : 1 })) },
      {
        name: "spare",
        servers: both.flatMap((one, index) => (index === 0 ? { ...one, port: 9 } : { ...one, backup: true })),
      },
      { name: "half", servers: both.map((one, index) => ({ ...one, down: index === 0 })) },
      { name: "nobody", servers: [{ address: address("backend-1"), port: 9 }] },
    ],
    routes: [{ path: "/", pool: "backend_pool" }],
    certificates: [{ name: "main", from: "selfSigned" }, { name: "given" }],
    rateLimits: [
      { name: "paced", rate: "6r/m" },
      { name: "by-key", key: "header:X-Api-Key", rate: "6r/m" },
      { name: "free", rate: "1r/m", allow: [address("client")] },
    ],
    connectionLimits: [{ name: "few", connections: 3 }],
    sites: [
      {
        names,
        tls: { certificate: "main" },
        maxBodySize: "10k",
        responseHeaders: [{ name: "X-Content-Type-Options", value: "nosniff" }],
        errorPages: [{ codes: [502, 504], page: "<h1>Out of order</h1>\n" }],
        routes: [
          {
            path: "/",
            pool: "backend_pool",
            alternatives: [
              { on: "header:X-Canary", value: "default", pool: "canary" },
              { on: "method", value: "OPTIONS", pool: "canary" },
            ],
          },
          { path: "/sticky/", pool: "sticky" },
          { path: "/read/", pool: "backend_pool", methods: ["GET", "HEAD"] },
          {
            path: "/v2/",
            pool: "backend_pool",
            rewrite: { regex: "^/v2/([a-z]+)$", replacement: "/v1/$1" },
          },
          {
            path: "^/old/[0-9]{2}$",
            match: "regex",
            redirect: { to: "https://{host}/new{uri}", status: 308 },
          },
          // biome-ignore lint/suspicious/noTemplateCurlyInString: what nginx would expand
          { path: "/text", match: "exact", response: { body: 'a "b" \\ $host ${x} ; { }\n\té' } },
          {
            path: "/headers/",
            pool: "messages",
            requestHeaders: [{ name: "X-Edge", value: 'a "quoted" $host; {x} \\' }],
          },
          { path: "/messages/", pool: "messages", websocket: true },
          { path: "/events/", pool: "messages", buffering: false },
          // The backend takes six seconds.
          { path: "/few/late/", pool: "messages", readTimeout: 1 },
          { path: "/weighted/", pool: "weighted" },
          { path: "/spare/", pool: "spare" },
          { path: "/half/", pool: "half" },
          { path: "/edge.Echo/", pool: "calls" },
          { path: "/broken/", pool: "nobody" },
          { path: "/paced/", pool: "backend_pool", ...paced },
          { path: "/paced-text", response: { body: "paced" }, ...paced },
          { path: "/logged/", pool: "backend_pool", ...paced, limitDryRun: true },
          { path: "/by-key/", pool: "backend_pool", rateLimits: [{ limit: "by-key" }] },
          { path: "/free/", pool: "backend_pool", rateLimits: [{ limit: "free" }] },
          { path: "/few/", pool: "messages", connectionLimits: ["few"] },
          { path: "/closed/", response: { body: "closed" }, allow: ["192.0.2.0/24"] },
          { path: "/people/", response: { body: "in" }, basicAuth: { passwords: "people" } },
        ],
      },
      {
        names: ["given.example.org"],
        tls: {
          certificate: "given",
          redirect: false,
          hsts: { maxAge: 300, includeSubDomains: true },
        },
        maintenance: { enabled: true, retryAfter: 60, allow: ["192.0.2.0/24"], page: "<h1>Later</h1>\n" },
        routes: [{ path: "/", pool: "backend_pool" }],
      },
    ],
    client: { bodyTimeout: 3 },
    realIpFrom: [address("nginx-a"), address("nginx-b")],
    proxyProtocol: { port: 8080, tlsPort: 8443 },
    streams: [
      { name: "raw", port: 7000, servers: [{ address: address("backend-1"), port: 80 }] },
      {
        name: "datagrams",
        port: 7001,
        protocol: "udp",
        responses: 1,
        servers: [{ address: address("backend-1"), port: 7002 }],
      },
    ],
  };
};
