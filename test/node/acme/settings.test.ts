import { describe, expect, it } from "vitest";
import { acmeSettings } from "../../../node/acme/settings";
import { stackContent, topNames } from "../../../node/content";
import { nginxConf } from "../../../node/nginx/conf";
import { certificatesHash, secretLines } from "../../../node/nginx/secrets";
import { packages, renderRelease } from "../../../node/release";
import { exampleEdge, exampleSettings } from "../../example";

const nodes = ["192.0.2.11", "192.0.2.12"];
const [plain] = exampleSettings();
const { nginx } = exampleEdge();
const settings = { ...plain, nginx };

describe("what comes by ACME", () => {
  it("is told to the nodes with the names of all sites that use it", () => {
    const trustedCertificate = "/etc/ssl/local/authority.pem";
    const acme = nginx.acme && { ...nginx.acme, trustedCertificate };
    expect(acmeSettings({ ...nginx, acme })).toEqual({
      directory: "https://acme-v02.api.letsencrypt.org/directory",
      email: "hostmaster@example.org",
      trustedCertificate,
      certificates: [{ name: "public", names: ["public.example.org"] }],
    });
    expect(acmeSettings(plain.nginx)).toBeUndefined();
  });

  it("is a part of what is served, and no file of nginx's", () => {
    const content = stackContent(settings);
    expect(content.files.map(({ path }) => path)).toContain("acme.json");
    expect(topNames(content)).not.toContain("acme.json");
    expect(stackContent(plain).files.map(({ path }) => path)).not.toContain("acme.json");
  });

  it("brings its program, its timer and its client only when something comes from there", () => {
    const of = (one: typeof plain) => renderRelease(one).files.map(({ path }) => path);
    const own = ["bin/acme.js", "systemd/nginx-ha-acme.service", "systemd/nginx-ha-acme.timer"];
    expect(of(settings)).toEqual(expect.arrayContaining(own));
    expect(of(plain).filter((path) => own.includes(path))).toEqual([]);
    const links = renderRelease(settings).files.find(({ path }) => path === "links")?.content;
    expect(links).toContain(
      "/etc/systemd/system/nginx-ha-acme.timer /etc/nginx-ha/current/systemd/nginx-ha-acme.timer\n",
    );
    expect(packages(settings).split(" ")).toContain("dehydrated");
    expect(packages(plain)).not.toContain("dehydrated");
  });

  it("is a stand-in until it has come", () => {
    const pem = { certificate: "C", key: "K" };
    const secrets = { certificates: { main: pem, public: pem }, passwords: {} };
    expect(secretLines(nginx, secrets)).toMatch(/^PLACEHOLDER public \S+ \S+$/m);
    const moved = exampleEdge((input) => {
      input.nginx.certificates[2].from = "selfSigned";
      delete input.nginx.acme;
    }).nginx;
    expect(certificatesHash(nginx, secrets)).not.toBe(certificatesHash(moved, secrets));
  });

  it("is proved where requests without TLS come in, by either node, for its own sites only", () => {
    const challenge = "location ^~ /.well-known/acme-challenge/ {";
    const places = (text: string): number => text.split(challenge).length - 1;
    const text = nginxConf(nginx, nodes, "test");
    expect(places(text)).toBe(1);
    const redirecting = text.slice(text.indexOf(challenge));
    expect(redirecting.indexOf("return 301 https://$host$request_uri;")).toBeGreaterThan(0);
    expect(text).toContain("server 192.0.2.11:80;\n        server 192.0.2.12:80;");
    const both = exampleEdge((input) => {
      input.nginx.sites[1].tls.redirect = false;
    }).nginx;
    expect(places(nginxConf(both, nodes, "test"))).toBe(1);
    expect(nginxConf(plain.nginx, nodes, "test")).not.toContain("acme");
  });
});
