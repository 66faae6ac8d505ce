import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { nginxConf } from "../../../node/nginx/conf";
import { nginxFiles } from "../../../node/nginx/files";
import { packages } from "../../../node/release";
import { exampleEdge, exampleSettings } from "../../example";
import { exampleOther } from "../../example-other";

const nodes = ["192.0.2.11", "192.0.2.12"];
type Change = Parameters<typeof exampleEdge>[0];
const conf = (change: Change) => nginxConf(exampleEdge(change).nginx, nodes, "test");

describe("nginxFiles", () => {
  it.each([
    ["all that nginx can do", "edge", exampleEdge()],
    ["the other choices", "other", exampleOther()],
  ])("renders %s as the golden files of %s", async (_what, name, { nginx }) => {
    for (const { path, content } of nginxFiles({ ...nginx, ipv6: true }, nodes, "test"))
      await expect(content).toMatchFileSnapshot(join(__dirname, "../../golden", name, path));
  });

  it("needs ten lines at most, pools and routes, for a site of the article's shape", () => {
    const said = `pools:
  - name: backend_pool
    servers:
      - address: 192.0.2.21
      - address: 192.0.2.22
routes:
  - path: /
    pool: backend_pool`;
    const [{ nginx }] = exampleSettings((input) => {
      input.nginx = parse(said);
    });
    const text = nginxConf(nginx, nodes, "test");
    for (const line of [
      "proxy_pass http://backend_pool;",
      "proxy_set_header Host $host;",
      "proxy_set_header X-Real-IP $remote_addr;",
      "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;",
    ])
      expect(text).toContain(line);
    // What every pair has is for planned moves.
    const own = text.replace(/^ *map \$(status|nginx_ha_answers) .*$/gm, "");
    expect(own).not.toMatch(/^ *(ssl_|limit_|stream|geo |map \$)/m);
  });

  it("answers unknown names with nothing, and without a certificate, unless a site answers for all", () => {
    const named = conf((input) => {
      delete input.nginx.routes;
    });
    expect(named).toContain("return 444;");
    expect(named).toContain("ssl_reject_handshake on;");
    const all = conf((input) => {
      delete input.nginx.routes;
      input.nginx.sites[0].names = [];
    });
    expect(all).not.toContain("return 444;");
    expect(all).not.toContain("ssl_reject_handshake on;");
    expect(all).toContain("listen 443 default_server ssl http2;");
  });

  it("offers TLS 1.3 only in profile modern", () => {
    const modern = conf((input) => {
      input.nginx.tls.profile = "modern";
    });
    expect(modern).toContain("ssl_protocols TLSv1.3;");
    expect(modern).not.toContain("ssl_ciphers");
  });

  it("offers HTTP/3 beside TLS, shortly promised, each connection at one worker, to unknown names a refusal", () => {
    const http3 = conf((input) => {
      delete input.nginx.routes;
      input.nginx.tls.http3 = true;
    });
    expect(http3.match(/listen 443 quic[^;]*;/g)).toEqual([
      "listen 443 quic default_server reuseport;",
      "listen 443 quic;",
      "listen 443 quic;",
    ]);
    expect(http3).toContain(`add_header Alt-Svc 'h3=":443"; ma=3600' always;`);
    expect(http3).toContain("include /etc/nginx-ha/quic*.conf;");
    expect(conf(() => {})).not.toMatch(/quic|Alt-Svc/);
  });

  it.each(["intermediate", "modern"])("never writes ssl_early_data (0-RTT), in profile %s", (profile) => {
    const all = conf((input) => {
      Object.assign(input.nginx.tls, { profile, http3: true });
    });
    expect(all).not.toMatch(/early_data/);
  });

  it("redirects to the port of TLS when it is not 443", () => {
    const other = conf((input) => {
      input.nginx.tls.port = 4443;
    });
    expect(other).toContain("return 301 https://$host:4443$request_uri;");
  });

  it("promises HSTS only where TLS is, when a site answers without it, too", () => {
    const both = conf((input) => {
      input.nginx.sites[0].tls.redirect = false;
    });
    expect(both).toContain('map $https $nginx_ha_hsts_0 { default ""; on "max-age=63072000"; }');
    expect(both).toContain("add_header Strict-Transport-Security $nginx_ha_hsts_0 always;");
  });

  it.each([
    [100, "address", 64],
    [16_000, "address", 2200],
    [1_000_000, "header:X-Api-Key", 275_000],
  ])("sizes a rate limit's memory: %i keys by %s in %i KB", (keys, key, kilobytes) => {
    const sized = conf((input) => {
      Object.assign(input.nginx.rateLimits[0], { keys, key });
    });
    expect(sized).toContain(`zone=rate_per_address_allow:${kilobytes}k `);
  });

  it("installs the modules that are used, and no others", () => {
    const of = (change: Change) => {
      const [settings] = exampleSettings();
      return packages({ ...settings, nginx: exampleEdge(change).nginx }).split(" ");
    };
    expect(of(() => {})).toEqual(
      expect.arrayContaining(["nginx", "libnginx-mod-stream", "openssl", "logrotate"]),
    );
    expect(of(() => {})).not.toContain("libnginx-mod-http-brotli-filter");
    expect(packages(exampleSettings()[0])).not.toContain("stream");
  });
});
