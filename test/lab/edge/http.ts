import { describe, expect, it } from "vitest";
import { waitFor } from "../../../lab/host/wait";
import type { BackendAnswer } from "../../../lab/pair/backends";
import { edge } from "./subject";

const www = "https://www.example.org";
const backendOf = async (url: string, ...argv: string[]): Promise<BackendAnswer> =>
  JSON.parse((await edge.get(url, ...argv)).body);

describe("a site", () => {
  it("is found by its name, with and without HTTP/2, and adds its headers", async () => {
    const answer = await edge.get(`${www}/`);
    expect(answer).toMatchObject({ status: 200, version: "2" });
    expect(answer.headers).toMatchObject({
      "strict-transport-security": "max-age=63072000",
      "x-content-type-options": "nosniff",
    });
    expect(answer.headers).not.toHaveProperty("server", expect.stringMatching(/\d/));
    expect(await edge.get("https://any.apps.example.org/", "--http1.1")).toMatchObject({
      status: 200,
      version: "1.1",
    });
    expect(JSON.parse(answer.body)).toMatchObject({ host: "www.example.org", forwardedProto: "https" });
  });

  it("sends a request by header or method to another pool", async () => {
    const headers = ["X-Canary: default", "X-Canary: DEFAULT"];
    for (const header of headers)
      for (let time = 0; time < 3; time++)
        expect((await backendOf(`${www}/`, "--header", header)).backend).toBe("backend-2");
    expect((await backendOf(`${www}/`, "--request", "OPTIONS")).backend).toBe("backend-2");
    const usual = new Set(
      [await backendOf(`${www}/`), await backendOf(`${www}/`)].map(({ backend }) => backend),
    );
    expect([...usual].sort()).toEqual(["backend-1", "backend-2"]);
  });

  it("keeps a session on one server by the hash of its cookie", async () => {
    const of = async (session: string) => {
      const answers = [1, 2, 3].map(() => backendOf(`${www}/sticky/`, "--cookie", `session=${session}`));
      return new Set((await Promise.all(answers)).map(({ backend }) => backend));
    };
    const each = await Promise.all([..."abcdefghijkl"].map(of));
    for (const backends of each) expect(backends.size).toBe(1);
    expect(new Set(each.flatMap((backends) => [...backends])).size).toBe(2);
  });

  it("gives servers their share, and a spare one what nobody else takes", async () => {
    const backends = async (path: string, count: number): Promise<string> => {
      const each: string[] = [];
      while (each.length < count) each.push((await backendOf(`${www}${path}`)).backend);
      return each.sort().join(" ");
    };
    expect(await backends("/weighted/", 8)).toBe(`${"backend-1 ".repeat(6)}backend-2 backend-2`);
    expect(await backends("/spare/", 2)).toBe("backend-2 backend-2");
    expect(await backends("/half/", 4), "one is down").toBe("backend-2 backend-2 backend-2 backend-2");
  });

  it("rewrites, redirects and answers by itself, with every character as it was written", async () => {
    expect((await backendOf(`${www}/v2/abc?x=1`)).uri).toBe("/v1/abc?x=1");
    expect(await edge.get(`${www}/old/12?q=1`)).toMatchObject({
      status: 308,
      headers: { location: `${www}/new/old/12?q=1` },
    });
    // biome-ignore lint/suspicious/noTemplateCurlyInString: what nginx would expand
    expect((await edge.get(`${www}/text`)).body).toBe('a "b" \\ $host ${x} ; { }\n\té');
    const told = JSON.parse((await edge.get(`${www}/headers/`)).body);
    expect(told["x-edge"]).toBe('a "quoted" $host; {x} \\');
  });

  it("answers with the right status what it does not take", async () => {
    const status = async (path: string, ...argv: string[]) =>
      (await edge.get(`${www}${path}`, ...argv)).status;
    expect(await status("/read/")).toBe(200);
    expect(await status("/read/", "--request", "POST")).toBe(405);
    expect(await status("/closed/")).toBe(403);
    expect(await status("/people/")).toBe(401);
    expect(await status("/people/", "--user", "ann:wrong")).toBe(401);
    expect(await status("/people/", "--user", "ann:secret")).toBe(200);
    expect(await status("/", "--data", "x".repeat(10_000))).toBe(200);
    expect(await status("/", "--data", "x".repeat(11_000))).toBe(413);
    expect(await status("/", "--http1.1", "--header", `X-Large: ${"x".repeat(9_000)}`)).toBe(431);
    expect(await status(`/${"x".repeat(9_000)}`, "--http1.1")).toBe(414);
  });

  it("shows its own page when no backend answers, whatever the method", async () => {
    for (const argv of [[], ["--data", "x"]])
      expect(await edge.get(`${www}/broken/`, ...argv)).toMatchObject({
        status: 502,
        body: "<h1>Out of order</h1>\n",
      });
  });

  it("waits for a backend as long as the route says", async () => {
    expect(await edge.get(`${www}/few/late/`)).toMatchObject({
      status: 504,
      body: "<h1>Out of order</h1>\n",
    });
  });

  it("shows the maintenance page with its Retry-After", async () => {
    expect(await edge.get("https://given.example.org/any")).toMatchObject({
      status: 503,
      headers: { "retry-after": "60", "strict-transport-security": "max-age=300; includeSubDomains" },
      body: "<h1>Later</h1>\n",
    });
    const plain = await edge.get("http://given.example.org/", "--header", "Host: given.example.org");
    expect(plain.status).toBe(503);
    expect(plain.headers).not.toHaveProperty("strict-transport-security");
  });
});

describe("what is no plain request", () => {
  it("WebSocket messages go both ways", async () => {
    expect(await edge.client("websocket")).toEqual(["echo one", "echo two"]);
  });

  it("no other upgrade reaches a backend", async () => {
    const argv = ["--http1.1", "--header", "Connection: Upgrade, HTTP2-Settings", "--header", "Upgrade: h2c"];
    const told = JSON.parse((await edge.get(`${www}/messages/`, ...argv)).body);
    expect(told).not.toHaveProperty("upgrade");
  });

  it("gRPC calls and conversations go through", async () => {
    expect(await edge.client("grpc")).toEqual(["echo hello", ["a", "b", "c"]]);
  });

  it("an event is there before the stream ends", async () => {
    const first = await edge
      .get(`${www}/events/`, "--no-buffer", "--max-time", "10")
      .then(({ body }) => body);
    expect(first).toBe("data: first\n\ndata: last\n\n");
    const argv = `curl --insecure --silent --no-buffer --max-time 1 --connect-to ::${edge.pair.vip}:443 ${www}/events/`;
    const { stdout } = await edge.pair.sh("client", argv);
    expect(stdout.trim()).toBe("data: first");
  });

  it("TCP and UDP streams, and proxies that speak the PROXY protocol, get their answers", async () => {
    expect((await backendOf("http://www.example.org:7000/raw")).uri).toBe("/raw");
    expect(await edge.client("datagram")).toBe("echo hello");
    const node = edge.pair.machine("nginx-b").address;
    const header = "PROXY TCP4 203.0.113.9 192.0.2.1 4711 80\\r\\n";
    const request = `printf '${header}GET / HTTP/1.0\\r\\n\\r\\n' >&3; cat <&3`;
    const text = await edge.pair.succeed("nginx-b", `exec 3<>/dev/tcp/${edge.pair.vip}/8080; ${request}`);
    expect(text, `from ${node}, which is believed`).toContain('"realIp":"203.0.113.9"');
    const other = await edge.pair.succeed("client", `exec 3<>/dev/tcp/${edge.pair.vip}/8080; ${request}`);
    expect(other, "from a client, which is not").not.toContain('203.0.113.9"');
  });
});

it("logs a JSON object for each request, with the id that the backend got", async () => {
  const told = JSON.parse((await edge.get(`${www}/headers/?logged="x"`)).body);
  const holder = await edge.pair.holder();
  const line = await waitFor("the request in the log", 10_000, async () => {
    const { stdout } = await edge.pair.sh(holder, `grep ${told["x-request-id"]} /var/log/nginx/access.log`);
    return stdout.trim();
  });
  expect(JSON.parse(line)).toMatchObject({
    method: "GET",
    host: "www.example.org",
    uri: '/headers/?logged="x"',
    status: 200,
    upstream_status: "200",
    ssl_protocol: "TLSv1.3",
  });
});

it("gives each stream of a connection by HTTP/2 an id of its own", async () => {
  const ids = (await edge.client("ids")) as string[];
  expect([ids.length, new Set(ids).size]).toEqual([200, 200]);
  const hostname = (await edge.pair.succeed(await edge.pair.holder(), "hostname")).trim();
  for (const id of ids) expect(id).toMatch(new RegExp(`^${hostname}-\\d+-\\d+-\\d+-\\d+\\.\\d{3}$`));
});

it("goes on logging when the log is rotated", async () => {
  const holder = await edge.pair.holder();
  const count = async (file: string): Promise<number> =>
    Number((await edge.pair.sh(holder, `grep -c '"uri":"/?rotated' ${file}`)).stdout);
  const log = "/var/log/nginx/access.log";
  await edge.get(`${www}/?rotated=before`);
  await waitFor("the request in the log", 10_000, async () => (await count(log)) === 1);
  await edge.pair.succeed(holder, "logrotate --force /etc/logrotate.d/nginx");
  await edge.get(`${www}/?rotated=after`);
  await waitFor("the next one in the new log", 10_000, async () => (await count(log)) === 1);
  expect(await count(`${log}.1`)).toBe(1);
});
