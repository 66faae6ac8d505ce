import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Release } from "../../../../lab/machines/mirror";
import { nginxFiles } from "../../../../node/nginx/files";
import { exampleCluster } from "../../../example";
import { NginxRoot } from "../root";

const nodes = ["192.0.2.11", "192.0.2.12"];
const NGINX = "nginx -c /etc/nginx-ha/nginx/nginx.conf";

type Input = Parameters<NonNullable<Parameters<typeof exampleCluster>[0]>>[0];
type Change = (nginx: Input["nginx"]) => void;

const files = (change: Change) => {
  const { nginx } = exampleCluster((input) => {
    // An old worker may then have less time than a drain.
    input.drain = { seconds: 0 };
    input.nginx.workers = { processes: 1, connections: 512 };
    change(input.nginx);
  });
  return nginxFiles(nginx, nodes, "test");
};

/** Sites that answer by themselves, on a path each. */
const answering =
  (route: object, more: Change = () => {}): Change =>
  (nginx) => {
    nginx.routes = [
      { path: "/", response: { body: `${"well ".repeat(250)}\n`, contentType: "text/plain" }, ...route },
    ];
    more(nginx);
  };

describe.each<Release>(["trixie", "bookworm"])("nginx of Debian %s, as it runs", (release) => {
  let root: NginxRoot;
  beforeAll(async () => {
    root = await NginxRoot.of(release);
  });
  afterAll(() => root.remove());

  const running = (change: Change, script: string): Promise<string> => root.running(files(change), script);

  const limited = (limit: object): Change =>
    answering({ rateLimits: [{ limit: "some" }] }, (nginx) => {
      nginx.rateLimits = [{ name: "some", rate: "6r/m", ...limit }];
    });

  it.each<[string, object, object]>([
    ["an allow-list", {}, { allow: ["192.0.2.0/24"] }],
    ["another key", {}, { key: "header:X-Api-Key" }],
    ["no allow-list any more", { allow: ["192.0.2.0/24"] }, {}],
    ["another size", {}, { keys: 50_000 }],
  ])("takes a limit with %s at a reload", async (_what, before, after) => {
    const [next] = files(limited(after)).filter(({ path }) => path === "nginx/nginx.conf");
    if (!next) throw new Error("there is a file for nginx");
    await root.place("nginx/next.conf", next.content);
    const log = "/var/log/nginx/error.log";
    const over = `for i in $(seq 100); do grep -q emerg ${log} && break; kill -0 $old 2>/dev/null || break; sleep 0.1; done`;
    const reload = `old=$(pgrep -P "$(cat /run/nginx.pid)"); cp /etc/nginx-ha/nginx/next.conf /etc/nginx-ha/nginx/nginx.conf; ${NGINX} -s reload; ${over}; ! kill -0 $old 2>/dev/null || echo the old worker is there`;
    const said = await running(
      limited(before),
      `${reload}; cat ${log}; curl -s -o /dev/null -w '%{http_code}' http://127.0.0.1/`,
    );
    expect(said).toBe("200");
  });

  it("says on a page of one's own, too, when a request that was refused may come again", async () => {
    const change = limited({});
    const said = await running((nginx) => {
      change(nginx);
      nginx.sites = [{ names: [], routes: nginx.routes, errorPages: [{ codes: [429], page: "slower\n" }] }];
      delete nginx.routes;
    }, "curl -s -o /dev/null http://127.0.0.1/; curl -s -i http://127.0.0.1/");
    expect(said).toMatch(/^HTTP\/1\.1 429 /);
    expect(said).toMatch(/^Retry-After: 10\r$/m);
    expect(said).toMatch(/\r\n\r\nslower$/);
  });

  it.each([
    ["198.51.100.0/24", "503", "300", "away"],
    ["127.0.0.0/8", "200", undefined, "well"],
  ])("is under maintenance for all but %s: %s", async (range, status, after, text) => {
    const said = await running((nginx) => {
      const routes = [{ path: "/", response: { body: "well" }, allow: ["127.0.0.0/8"] }];
      nginx.sites = [{ names: [], routes, maintenance: { enabled: true, allow: [range], page: "away" } }];
      delete nginx.routes;
    }, "curl -s -i http://127.0.0.1/some");
    expect(said.slice(0, 12)).toBe(`HTTP/1.1 ${status}`);
    expect(/^Retry-After: (\d+)\r$/m.exec(said)?.[1]).toBe(after);
    expect(said.endsWith(`\r\n\r\n${text}`)).toBe(true);
  });

  it.each([
    ["gzip", "gzip"],
    ["br, gzip", "br"],
    ["identity", ""],
  ])("packs a text for who takes %s", async (taken, packed) => {
    const all = answering({}, (nginx) => {
      nginx.compression = { gzip: true, brotli: true };
    });
    const said = await running(
      all,
      `curl -s -D - -o /dev/null -H 'Accept-Encoding: ${taken}' http://127.0.0.1/`,
    );
    expect(/^Content-Encoding: (\S+)\r$/m.exec(said)?.[1] ?? "").toBe(packed);
  });

  it.each([
    ["intermediate", "-tls1_2", true],
    ["intermediate", "-tls1_3", true],
    ["intermediate", "-tls1_1 -cipher ALL:@SECLEVEL=0", false],
    ["modern", "-tls1_2", false],
    ["modern", "-tls1_3", true],
  ])("in profile %s, by openssl %s: %s", async (profile, how, taken) => {
    const said = await running((nginx) => {
      nginx.tls = { profile };
      nginx.certificates = [
        {
          name: "local",
          from: "files",
          certificate: "/etc/ssl/local/fullchain.pem",
          key: "/etc/ssl/local/privkey.pem",
        },
      ];
      const routes = [{ path: "/", response: { body: "well" } }];
      nginx.sites = [{ names: [], tls: { certificate: "local" }, routes }];
      delete nginx.routes;
    }, `openssl s_client -connect 127.0.0.1:443 ${how} </dev/null 2>&1 || true`);
    expect(said).toMatch(taken ? /Cipher is (?!\(NONE\))/ : /alert protocol version/);
  });

  it("ends what an old worker has left when a reload's time is over", async () => {
    const silent =
      'use IO::Socket::INET; $s = IO::Socket::INET->new(LocalAddr => "127.0.0.1:9000", Listen => 5); $c = $s->accept; system("nginx -c /etc/nginx-ha/nginx/nginx.conf -s reload 2>/dev/null"); sleep 30';
    const ask = "curl -s -o /dev/null -w '%{exitcode} after %{time_total} s' --max-time 20 http://127.0.0.1/";
    const said = await running((nginx) => {
      nginx.workers = { processes: 1, connections: 512, shutdownTimeout: 1 };
      nginx.pools = [{ name: "silent", servers: [{ address: "127.0.0.1", port: 9000 }] }];
      nginx.routes = [{ path: "/", pool: "silent" }];
    }, `perl -e '${silent}' & until grep -q ':2328 .* 0A ' /proc/net/tcp; do sleep 0.1; done; ${ask}`);
    expect(said).toMatch(/^52 after [1-5][.]\d+ s$/);
  });
});
