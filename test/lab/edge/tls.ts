import { describe, expect, it } from "vitest";
import { judge } from "../../../cli/probe/probes";
import { renderStatus } from "../../../cli/status/render";
import { reportOf } from "../../../cli/status/report";
import { nodeNames } from "../../../lab/pair/machines";
import { probeWhile, throughVip } from "../../../lab/probe/probe";
import { peerOf } from "../pair/subject";
import { edge } from "./subject";

const release = process.env.NGINX_HA_RELEASE ?? "trixie";

/** What openssl's client says of a connection to the VIP. */
async function handshake(...argv: string[]): Promise<string> {
  const command = `openssl s_client -connect ${edge.pair.vip}:443 ${argv.join(" ")} </dev/null 2>&1`;
  return (await edge.pair.sh("client", command)).stdout;
}
const www = ["-servername", "www.example.org"];

describe("TLS", () => {
  it("takes 1.2 and 1.3, and nothing older", async () => {
    expect(await handshake(...www)).toMatch(/New, TLSv1\.3, Cipher is TLS_/);
    expect(await handshake(...www, "-tls1_2")).toMatch(/New, TLSv1\.2, Cipher is ECDHE-ECDSA-/);
    const old = await handshake(...www, "-tls1_1", "-cipher", "'ALL:@SECLEVEL=0'");
    expect(old).toMatch(/Cipher is \(NONE\)/);
  });

  it("of 1.2 takes ciphers with forward secrecy and authentication only", async () => {
    for (const cipher of ["ECDHE-ECDSA-AES128-SHA", "ECDHE-ECDSA-AES256-SHA384", "AES128-GCM-SHA256"])
      expect(await handshake(...www, "-tls1_2", "-cipher", cipher), cipher).toMatch(
        /Cipher is \(NONE\)|no cipher match/,
      );
  });

  it("agrees on X25519MLKEM768 where OpenSSL has it", async () => {
    const group = release === "trixie" ? "X25519MLKEM768" : "X25519";
    expect(await handshake(...www)).toContain(group);
  });

  it("shows no certificate for a name that no site has, or for none", async () => {
    for (const name of [["-servername", "other.example.net"], ["-noservername"]])
      expect(await handshake(...name)).toMatch(/unrecognized name/);
  });

  it("says 421 to another name on a connection by HTTP/2 that began with one of its own", async () => {
    expect(await edge.client("misdirected")).toEqual([200, 421]);
  });

  it("sends requests without it to https, with path and query", async () => {
    const answer = await edge.get("http://www.example.org/a?b=c");
    expect(answer).toMatchObject({ status: 301, headers: { location: "https://www.example.org/a?b=c" } });
  });
});

describe("HTTP/3", () => {
  const wanted = (work: () => Promise<void>) => edge.pair.withConfig(["nginx", "tls"], { http3: true }, work);

  it.runIf(release === "trixie")(
    "is offered and answered, by either node, and for its own names only",
    async () => {
      await wanted(async () => {
        await edge.pair.mustUp();
        expect((await edge.get("https://www.example.org/")).headers["alt-svc"]).toBe('h3=":443"; ma=3600');
        const only = ["--http3-only"];
        expect(await edge.get("https://www.example.org/", ...only)).toMatchObject({
          status: 200,
          version: "3",
        });
        await expect(edge.get("https://other.example.net/", ...only)).rejects.toThrow(/exit \d+/);
        const holder = await edge.pair.holder();
        await edge.pair.succeed(holder, "pkill -KILL nginx");
        await edge.pair.untilHeldBy(peerOf(holder));
        expect(await edge.get("https://www.example.org/", ...only)).toMatchObject({
          status: 200,
          version: "3",
        });
        await edge.pair.untilHealthy();
        const key = "sha256sum /etc/nginx-ha/secrets/serving/tickets/quic.key && cat /etc/nginx-ha/quic.conf";
        const [first, second] = await Promise.all(nodeNames.map((name) => edge.pair.succeed(name, key)));
        expect(first).toBe(second);
        expect(first).toContain("quic_host_key /etc/nginx-ha/secrets/serving/tickets/quic.key;");
      });
      await edge.pair.mustUp();
      expect((await edge.get("https://www.example.org/")).headers).not.toHaveProperty("alt-svc");
    },
  );

  it.runIf(release === "bookworm")(
    "is refused where nginx has none, before anything is changed",
    async () => {
      await wanted(async () => {
        const { exitCode, text } = await edge.pair.up();
        expect(exitCode).not.toBe(0);
        expect(text).toContain(
          "runs Debian 12, whose nginx has no HTTP/3; set nginx.tls.http3 to false, or install Debian 13",
        );
      });
    },
  );
});

describe("a TLS session", () => {
  it.each(["-tls1_2", "-tls1_3"])("is resumed after a failover (%s)", async (version) => {
    const holder = await edge.pair.holder();
    const session = `/tmp/session${version}`;
    const request = "printf 'GET /text HTTP/1.0\\r\\nHost: www.example.org\\r\\n\\r\\n'; sleep 1";
    const to = `openssl s_client -connect ${edge.pair.vip}:443 ${www.join(" ")} ${version} -quiet -ign_eof`;
    await edge.pair.succeed(
      "client",
      `{ ${request}; } | ${to} -sess_out ${session} >/dev/null 2>&1; test -s ${session}`,
    );
    await edge.pair.succeed(holder, "pkill -KILL nginx");
    await edge.pair.untilHeldBy(peerOf(holder));
    expect(await handshake(...www, version, "-sess_in", session)).toMatch(/^Reused, TLSv1/m);
    await edge.pair.untilHealthy();
  });

  it("has the same keys on both nodes, three for tickets and one for HTTP/3, for root alone", async () => {
    const files =
      "cd /etc/nginx-ha/secrets/serving/tickets && sha256sum *.key && stat --format '%a %U' *.key | sort -u";
    const [first, second] = await Promise.all(nodeNames.map((name) => edge.pair.succeed(name, files)));
    expect(first).toBe(second);
    expect(new Set(first?.match(/^[0-9a-f]{64}/gm)).size).toBe(4);
    expect(first?.split("\n").at(-1)).toBe("600 root");
  });
});

const mode = (path: string) => `stat --dereference --format '%a %U:%G' /etc/nginx-ha/${path}`;

describe("certificates", () => {
  it("are on both nodes, their keys for root alone, passwords for nginx's workers", async () => {
    for (const name of nodeNames) {
      expect(await edge.pair.succeed(name, mode("certificates/given/privkey.pem"))).toBe("600 root:root");
      expect(await edge.pair.succeed(name, mode("passwords/people"))).toBe("640 root:www-data");
    }
    expect(await edge.pair.succeed("nginx-a", "sha256sum </etc/nginx-ha/certificates/main/privkey.pem")).toBe(
      await edge.pair.succeed("nginx-b", "sha256sum </etc/nginx-ha/certificates/main/privkey.pem"),
    );
    const links = "readlink /etc/nginx-ha/certificates/given /etc/nginx-ha/certificates/main";
    const served = "/etc/nginx-ha/secrets/serving/certificates";
    for (const name of nodeNames)
      expect(await edge.pair.succeed(name, links), "published").toBe(`${served}/given\n${served}/main`);
  });

  it("that are not whole are refused before anything is changed, all problems at once", async () => {
    const before = await edge.pair.inForce();
    const other = await edge.authority.issue("other.example.org", 30);
    await edge.secret("certificates.given.certificate", other.certificate);
    const { exitCode, text } = await edge.pair.up();
    expect(exitCode).not.toBe(0);
    expect(text).toContain("nothing was changed");
    expect(text).toContain(
      "nginx-ha:certificates.given.key: must be the certificate's, and is that of another one",
    );
    expect(text).toContain("certificates.given.certificate: must be followed by its issuer, CN=Test root");
    expect(text).toContain(
      "certificates.given.certificate: must be for given.example.org, and is for DNS:other.example.org",
    );
    expect(text).not.toContain("PRIVATE KEY");
    expect(await edge.pair.inForce()).toEqual(before);
  });

  it("are renewed on both nodes without a failed request, and without a release", async () => {
    const before = await edge.pair.reports();
    const renewed = await edge.authority.issue("given.example.org", 20);
    await edge.secret("certificates.given.certificate", renewed.certificate + edge.authority.root);
    await edge.secret("certificates.given.key", renewed.key);
    const probes = await probeWhile(throughVip(edge.pair.plan), async () => {
      const text = await edge.pair.mustUp();
      expect(text).not.toContain("PRIVATE KEY");
    });
    expect(judge(probes)).toMatchObject({ failed: 0 });
    const serial = (pem: string) => `openssl x509 -noout -serial ${pem}`;
    const { stdout: wanted } = await edge.pair.sh("client", serial(""), { stdin: renewed.certificate });
    for (const name of nodeNames) {
      const shown = `openssl s_client -connect 127.0.0.1:443 -servername given.example.org </dev/null 2>/dev/null | ${serial("")}`;
      expect(await edge.pair.succeed(name, shown)).toBe(wanted.trim());
    }
    expect((await edge.pair.reports())["nginx-a"]?.CONFIG).toBe(before["nginx-a"]?.CONFIG);
  });

  it("that end within 21 days are in the status of either node", async () => {
    const report = reportOf(await edge.pair.status());
    const remedy = "renew it, then run: pulumi up";
    expect(report.warnings).toEqual(
      nodeNames.map((node) => ({ node, text: "certificate given expires in 19 days", remedy })),
    );
    expect(report).toMatchObject({ verdict: "healthy", problems: [] });
    expect(renderStatus(report)).toContain("healthy");
  });

  it("that a node's own check refuses change nothing on it", async () => {
    const before = await edge.pair.inForce();
    const bad = { name: "local", from: "files", certificate: "/root/local.pem", key: "/root/local.key" };
    const { exitCode, text } = await edge.pair.withConfig(["nginx", "certificates", 2], bad, () =>
      edge.pair.up(),
    );
    expect(exitCode).not.toBe(0);
    expect(text).toContain(
      "certificate local is refused and nothing was changed: there is no file /root/local.pem on this node",
    );
    expect(await edge.pair.inForce()).toEqual(before);
  });
});
