import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { renderRelease } from "../../node/release";
import { exampleAwsSettings, exampleSettings } from "../example";

const golden = join(__dirname, "../golden");
const releases = () => exampleSettings().map(renderRelease);

describe("renderRelease", () => {
  // `vitest -u` writes the golden files; the lab gives the same ones to the real nginx -t and keepalived -t.
  it.each([
    [0, "nginx-a"],
    [1, "nginx-b"],
  ])("renders node %i as the golden files of %s", async (index, name) => {
    const files = releases()[index]?.files.filter((file) => !file.path.startsWith("bin/")) ?? [];
    for (const file of files) {
      await expect(file.content).toMatchFileSnapshot(join(golden, name, file.path));
    }
    await expect(served(releases()[index], "nginx.conf")).toMatchFileSnapshot(
      join(golden, name, "nginx/nginx.conf"),
    );
  });

  it("renders a node on EC2 as the golden files of aws-nginx-a", async () => {
    const files = renderRelease(exampleAwsSettings()[0]).files.filter(
      (file) => !file.path.startsWith("bin/"),
    );
    for (const file of files) {
      await expect(file.content).toMatchFileSnapshot(join(golden, "aws-nginx-a", file.path));
    }
    await expect(served(renderRelease(exampleAwsSettings()[0]), "nginx.conf")).toMatchFileSnapshot(
      join(golden, "aws-nginx-a", "nginx/nginx.conf"),
    );
  });

  it("holds the VIP by keepalived, but for an Elastic IP, which is a permanent address of each node's own", () => {
    const [node] = exampleAwsSettings();
    const conf = (settings: typeof node) => content(renderRelease(settings), "keepalived/keepalived.conf");
    expect(conf(node)).not.toContain("virtual_ipaddress_excluded");
    expect(conf({ ...node, holdsVip: true })).toContain("203.0.113.10/32 dev ens5");
    expect(content(renderRelease(node), "network/05-nginx-ha.network")).toContain("Address=10.77.0.5/32");
  });

  it("gives the agent as one file that starts with nothing else", () => {
    const [node] = exampleAwsSettings();
    const bundle = content(renderRelease(node), "bin/agent.js");
    expect(bundle.length).toBeLessThan(200_000);
    expect(
      bundle.match(/require\("(?!node:|fs|os|net|http|https|crypto|readline|timers)[^"]+"\)/g),
    ).toBeNull();
    expect(bundle).not.toContain(join(__dirname, "../.."));
  });

  it("gives both nodes the same nginx configuration under the same hash, which nginx answers with", () => {
    const [a, b] = releases();
    expect(a?.content).toEqual(b?.content);
    expect(a?.content.hash).toMatch(/^[0-9a-f]{64}$/);
    expect(served(a, "nginx.conf")).toContain('return 200 "$nginx_ha_config\\n";');
  });

  it("names a release by its content", () => {
    const [before] = releases();
    const changed = exampleSettings((input) => {
      input.nginx.routes[0].readTimeout = 61;
    });
    const [after, peer] = changed.map(renderRelease);
    expect(after?.id, "what nginx serves is not the node's own").toBe(before?.id);
    expect(after?.content.hash).not.toBe(before?.content.hash);
    expect(after?.content.hash).toBe(peer?.content.hash);
    expect(releases()[0]?.id).toBe(before?.id);
  });

  it("answers 404 where no route fits, instead of the distribution's files", () => {
    const only = exampleSettings((input) => {
      input.nginx.routes[0].path = "/app/";
    });
    const conf = served(only.map(renderRelease)[0], "nginx.conf");
    expect(conf).toContain("location / {\n            return 404;\n        }");
    expect(served(releases()[0], "nginx.conf")).not.toContain("return 404");
  });

  it("takes VRRP from the peer only, and gives each node the other's pinned host key", () => {
    const [a, b] = releases();
    expect(content(a, "network/firewall.nft")).toContain("ip saddr 192.0.2.12 accept");
    expect(content(b, "network/firewall.nft")).toContain("ip saddr 192.0.2.11 accept");
    expect(content(a, "sync/known_hosts")).toMatch(/^192\.0\.2\.12 ssh-ed25519 \S+\n$/);
  });

  it.each([
    ["l2", "0.1"],
    ["cloud", "0.5"],
    ["migrated", "1"],
  ])("sends adverts by profile: %s every %s s", (profile, interval) => {
    const settings = exampleSettings((input) => {
      input.keepalived.profile = profile;
    });
    expect(content(settings.map(renderRelease)[0], "keepalived/keepalived.conf")).toContain(
      `advert_int ${interval}\n`,
    );
  });
});

const served = (release: ReturnType<typeof renderRelease> | undefined, path: string): string =>
  release?.content.files.find((file) => file.path === path)?.content ?? "";

const content = (release: ReturnType<typeof renderRelease> | undefined, path: string): string =>
  release?.files.find((file) => file.path === path)?.content ?? "";
