import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { quicConf } from "../../../agent/sync/tickets";
import { parseCluster } from "../../../config/parse";
import type { Release } from "../../../lab/machines/mirror";
import { nginxFiles } from "../../../node/nginx/files";
import { exampleCluster, exampleEdge, exampleInput } from "../../example";
import { exampleOther, otherInput } from "../../example-other";
import { hostile, type Place, stringsOf, withValue } from "./hostile";
import { NginxRoot } from "./root";

const nodes = ["192.0.2.11", "192.0.2.12"];

describe.each<Release>(["trixie", "bookworm"])("nginx of Debian %s", (release) => {
  let root: NginxRoot;
  beforeAll(async () => {
    root = await NginxRoot.of(release);
  });
  afterAll(() => root.remove());

  it.each([
    ["all that it can do", exampleEdge()],
    ["the other choices", exampleOther()],
    ["the article's shape", exampleCluster()],
    [
      "streams and no site",
      exampleCluster(({ nginx }) => {
        const { pools, streams } = exampleInput().nginx;
        Object.assign(nginx, { pools, streams });
        delete nginx.routes;
      }),
    ],
  ])("takes what is rendered of %s", async (_what, { nginx }) => {
    const { exitCode, stderr } = await root.test(nginxFiles({ ...nginx, ipv6: true }, nodes, "test"));
    expect(exitCode, stderr).toBe(0);
    const warnings = stderr.split("\n").filter((line) => line !== "" && !line.includes('"listen ... http2"'));
    expect(warnings).toEqual([]);
  });

  it("takes HTTP/3 where it has it, and refuses it where the preflight does", async () => {
    const { nginx } = exampleEdge((input) => {
      input.nginx.tls.http3 = true;
    });
    const { exitCode, stderr } = await root.test(nginxFiles(nginx, nodes, "test"));
    if (release === "trixie") expect(exitCode, stderr).toBe(0);
    else expect(stderr).toContain('invalid parameter "quic"');
  });

  it.runIf(release === "trixie")("answers by HTTP/3, and unknown names with nothing", async () => {
    const { nginx } = exampleCluster((input) => {
      delete input.nginx.routes;
      input.nginx.certificates = [{ name: "main", from: "selfSigned" }];
      input.nginx.tls = { http3: true };
      const routes = [{ path: "/", response: { body: "by QUIC" } }];
      input.nginx.sites = [{ names: ["www.example.org"], tls: { certificate: "main" }, routes }];
    });
    const key = { path: "secrets/serving/tickets/quic.key", mode: "0644" as const, content: "k".repeat(32) };
    const conf = {
      path: "quic.conf",
      mode: "0644" as const,
      content: quicConf("/etc/nginx-ha/secrets/serving"),
    };
    expect((await root.test([...nginxFiles(nginx, nodes, "test"), key, conf])).exitCode).toBe(0);
    const ask = (name: string) =>
      `curl --http3-only --silent --insecure --max-time 5 --connect-to ::127.0.0.1:443 --write-out ' %{http_version} %{exitcode}\n' https://${name}/`;
    const asked = `${ask("www.example.org")}; ${ask("other.example.net")}; true`;
    const { stdout, stderr } = await root.inside(`nginx -c /etc/nginx-ha/nginx/nginx.conf && { ${asked}; }`);
    const [good, bad] = stdout.split("\n");
    expect(good, stderr).toBe("by QUIC 3 0");
    expect(bad).toMatch(/^ 0 [1-9]\d*$/);
  });

  it("answers a text as it was written, whatever is in it", async () => {
    const texts = hostile.map(({ text }) => text).filter((text) => !text.includes("\u0000"));
    const { nginx } = exampleCluster((input) => {
      input.nginx.routes = texts.map((body, index) => ({
        path: `/${index}`,
        match: "exact",
        response: { body },
      }));
    });
    await root.test(nginxFiles(nginx, nodes, "test"));
    const asked = texts.map((_, index) => `curl -s http://127.0.0.1/${index} | base64 -w 0; echo`).join("; ");
    const { stdout, stderr } = await root.inside(`nginx -c /etc/nginx-ha/nginx/nginx.conf && { ${asked}; }`);
    const answers = stdout
      .trimEnd()
      .split("\n")
      .map((line) => Buffer.from(line, "base64").toString());
    expect(answers, stderr).toEqual(texts);
  });
});

describe("a key with a hostile value", () => {
  let root: NginxRoot;
  beforeAll(async () => {
    root = await NginxRoot.of("bookworm");
  });
  afterAll(() => root.remove());

  // Each value carries a directive that nginx does not know: where it got out of its place, nginx refuses the file.
  async function takenOf(input: () => ReturnType<typeof exampleInput>, places: Place[]): Promise<string[]> {
    const taken = new Set<string>();
    for (const place of places)
      for (const { text } of hostile) {
        const changed = input();
        withValue(changed.nginx, place, text);
        const parsed = parseCluster(changed);
        if ("problems" in parsed) continue;
        if (text.includes("injected")) taken.add(keyOf(place));
        const { exitCode, stderr } = await root.test(
          nginxFiles(parsed.cluster.nginx as never, nodes, "test"),
        );
        // A name that no machine has, or a file that is not there, is a value that was read as one.
        const asValue = /host not found|No such file/.test(stderr);
        const what = `${place.join(".")} = ${JSON.stringify(text)}: ${stderr}`;
        expect(exitCode === 0 || asValue, what).toBe(true);
      }
    return [...taken].sort();
  }
  const keyOf = (place: Place): string => place.filter((part) => typeof part === "string").join(".");

  it("is refused, or stays inside of its place, for every key of the example", async () => {
    const places = stringsOf(exampleInput().nginx);
    expect(places.length).toBeGreaterThan(80);
    expect(await takenOf(exampleInput, places)).toEqual([
      "sites.basicAuth.realm",
      "sites.errorPages.page",
      "sites.maintenance.page",
      "sites.responseHeaders.value",
      "sites.routes.alternatives.value",
      "sites.routes.path",
      "sites.routes.requestHeaders.value",
      "sites.routes.response.body",
      "sites.routes.rewrite.regex",
    ]);
  });

  it("is refused, or stays inside of its place, for every key that the example leaves out", async () => {
    const known = new Set(stringsOf(exampleInput().nginx).map(keyOf));
    const places = stringsOf(otherInput().nginx).filter((place) => !known.has(keyOf(place)));
    expect(places.map(keyOf)).toContain("realIpHeader");
    expect(await takenOf(otherInput, places)).toEqual([]);
  });

  it("are looked at by nginx: a directive that it does not know breaks the file", async () => {
    const files = nginxFiles(exampleCluster().nginx, nodes, "test");
    const broken = files.map((file) => ({
      ...file,
      content: file.content.replace("server_tokens off;", "server_tokens off; injected_directive on;"),
    }));
    const { exitCode, stderr } = await root.test(broken);
    expect(exitCode).not.toBe(0);
    expect(stderr).toContain('unknown directive "injected_directive"');
  });
});
