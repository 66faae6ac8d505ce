import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Release } from "../../../../lab/machines/mirror";
import { closingFile } from "../../../../node/drain/names";
import { nginxFiles } from "../../../../node/nginx/files";
import { exampleCluster } from "../../../example";
import { NginxRoot } from "../root";

const TALKS = 9000;
const certificate = { certificate: "/etc/ssl/local/fullchain.pem", key: "/etc/ssl/local/privkey.pem" };
const { nginx } = exampleCluster((input) => {
  input.nginx.workers = { processes: 1, connections: 512 };
  input.drain = { seconds: 0 };
  input.nginx.certificates = [{ name: "local", from: "files", ...certificate }];
  input.nginx.pools = [
    { name: "talks", servers: [{ address: "127.0.0.1", port: TALKS }] },
    { name: "nobody", servers: [{ address: "127.0.0.1", port: 9 }] },
  ];
  const response = { body: "well" };
  const routes = [
    { path: "/", response },
    { path: "/own/", response, responseHeaders: [{ name: "X-Own", value: "1" }] },
    { path: "/few/", methods: ["GET"], response },
    { path: "/near/", allow: ["127.0.0.0/8"], response },
    { path: "/far/", redirect: { status: 301, to: "https://elsewhere.example" } },
    { path: "/talk/", pool: "talks", websocket: true },
    { path: "/broken/", pool: "nobody" },
  ];
  const errorPages = [{ codes: [502], page: "broken" }];
  input.nginx.sites = [{ names: [], tls: { certificate: "local", redirect: false }, errorPages, routes }];
  delete input.nginx.routes;
});
const files = nginxFiles(nginx, ["192.0.2.11", "192.0.2.12"], "test");

/** A backend that takes every request for WebSocket's. */
const talks = `perl -MIO::Socket::INET -e '
  my $all = IO::Socket::INET->new(LocalAddr => "127.0.0.1:${TALKS}", Listen => 5) or die;
  while (my $one = $all->accept) {
    while (<$one>) { last if /^\\r?$/ }
    print $one "HTTP/1.1 101 Switching Protocols\\r\\nUpgrade: websocket\\r\\nConnection: upgrade\\r\\n\\r\\n";
    close $one;
  }' >/dev/null 2>&1 &`;

/** How somebody asks, what is answered, and whether it may say that it is the connection's last one. */
const asks: [how: string, code: number, last: boolean][] = [
  ["http://127.0.0.1/", 200, true],
  ["http://127.0.0.1/own/", 200, true],
  ["-X POST http://127.0.0.1/few/", 405, true],
  ["http://127.0.0.1/near/", 200, true],
  ["http://127.0.0.1/far/", 301, true],
  ["http://127.0.0.1/broken/", 502, true],
  ["--http1.0 -H 'Connection: keep-alive' http://127.0.0.1/", 200, true],
  ["--http1.1 https://127.0.0.1/", 200, true],
  ["-H 'Connection: Upgrade' -H 'Upgrade: h2c' http://127.0.0.1/", 200, true],
  ["--http2 https://127.0.0.1/", 200, false],
  ["-H 'Connection: Upgrade' -H 'Upgrade: websocket' http://127.0.0.1/talk/", 101, false],
];

/** Says the answer's code, and how many headers end the connection. */
const ask = (how: string): string =>
  `curl -sk --max-time 10 -o /dev/null -D /tmp/head ${how}; sed -n '1s/^[^ ]* \\([0-9]*\\).*/\\1/p' /tmp/head | tr '\\n' ' '; grep -ci '^connection: close' /tmp/head`;
const askAll = asks.map(([how]) => ask(how)).join("\n");
const until = (lines: number): string =>
  `for i in $(seq 50); do curl -s -o /dev/null -D - http://127.0.0.1/ | grep -ci '^connection: close' | grep -q ${lines} && break; sleep 0.1; done`;

describe.each<Release>(["trixie", "bookworm"])("nginx of Debian %s, on a node that drains", (release) => {
  let root: NginxRoot;
  beforeAll(async () => {
    root = await NginxRoot.of(release);
  });
  afterAll(() => root.remove());

  it("tells who asks by HTTP/1 to go, and nobody else", async () => {
    const drain = `mkdir -p $(dirname ${closingFile}); touch ${closingFile}; ${until(1)}`;
    const over = `rm ${closingFile}; ${until(0)}`;
    const said = await root.running(
      files,
      `${talks}\nsleep 1\n${[askAll, drain, askAll, over, askAll].join("\n")}`,
    );
    const none = asks.map(([, code]) => `${code} 0`);
    const some = asks.map(([, code, last]) => `${code} ${last ? 1 : 0}`);
    expect(said.split("\n").filter(Boolean)).toEqual([...none, ...some, ...none]);
  });

  it("says nothing in its log of who is refused before it has looked", async () => {
    const refused =
      "curl -s -o /dev/null http://127.0.0.1:443/; curl -s -o /dev/null -X TRACE http://127.0.0.1/";
    const said = await root.running(files, `${refused}; cat /var/log/nginx/error.log; echo read`);
    expect(said).toBe("read");
  });
});
