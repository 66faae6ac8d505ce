import { describe, expect, it } from "vitest";
import { nodeNames } from "../../../lab/pair/machines";
import { argumentsWhile } from "../pair/arguments";
import { pair, peerOf } from "./subject";
import { syncOf, untilSame } from "./words";

const site = `server { listen 443 ssl; server_name tls.example; include /etc/nginx-ha/tickets.conf;
  ssl_certificate /etc/nginx-ha/secrets/serving/private/op/fullchain.pem;
  ssl_certificate_key /etc/nginx-ha/secrets/serving/private/op/privkey.pem;
  location / { return 200 "tls\\n"; } }`;
const certify = (days: number): string =>
  `umask 077; mkdir -p /etc/nginx-ha/secrets/private/op && cd /etc/nginx-ha/secrets/private/op &&
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=tls.example -days ${days} -keyout privkey.pem -out fullchain.pem 2>/dev/null`;

const secretsOf = async (name: string) => (await syncOf(name)).secrets.generation;

describe("certificates and keys", () => {
  it("reach the other node for root only, and are in no argument and no log", async () => {
    const holder = await pair.holder();
    const standby = peerOf(holder);
    await pair.succeed(holder, certify(30));
    await pair.succeed(holder, `cat >/etc/nginx-ha/sites/tls.conf <<'END'\n${site}\nEND`);
    const seen = await argumentsWhile(() => pair.succeed(holder, "nginx-ha publish"));
    await untilSame();
    const key = "/etc/nginx-ha/secrets/serving/private/op/privkey.pem";
    expect(await pair.succeed(standby, `stat -L -c '%a %U' ${key}`)).toBe("600 root");
    expect(await pair.succeed(standby, `cat ${key}`)).toBe(await pair.succeed(holder, `cat ${key}`));
    const [, line = ""] = (await pair.succeed(holder, `cat ${key}`)).split("\n");
    for (const name of nodeNames) {
      expect(
        await pair.succeed(name, "curl -sk --resolve tls.example:443:127.0.0.1 https://tls.example/"),
      ).toBe("tls");
      expect(await pair.succeed(name, `journalctl -b --no-pager | grep -cF '${line}' || true`)).toBe("0");
    }
    expect(line.length).toBeGreaterThan(40);
    expect(seen).not.toContain(line);
    const others = "find /etc/nginx-ha/secrets /var/lib/nginx-ha/sync/secrets ! -type l -perm /077";
    for (const name of nodeNames) expect(await pair.succeed(name, others)).not.toMatch(/key|pem|private/);
  });

  it("that do not fit, or have expired, are refused on the MASTER, which goes on with those before", async () => {
    const holder = await pair.holder();
    const before = await secretsOf(holder);
    await pair.succeed(
      holder,
      "cd /etc/nginx-ha/secrets/private/op && cp privkey.pem /root/ && openssl genpkey -algorithm ed25519 >privkey.pem",
    );
    const { exitCode, stderr } = await pair.sh(holder, "nginx-ha publish");
    await pair.succeed(holder, "mv /root/privkey.pem /etc/nginx-ha/secrets/private/op/");
    expect([exitCode, stderr.trim()]).toEqual([
      1,
      "the certificate op is refused: its key belongs to another certificate",
    ]);
    expect(await secretsOf(holder)).toBe(before);
    await untilSame();
  });

  it("have numbers of their own: a rollback of what is served brings no certificate back", async () => {
    const holder = await pair.holder();
    const before = await secretsOf(holder);
    const number = (await syncOf(holder)).generation?.number;
    await pair.succeed(holder, `${certify(60)}; nginx-ha publish`);
    const renewed = await secretsOf(holder);
    expect(renewed).not.toBe(before);
    expect((await syncOf(holder)).generation?.number).toBe(number);
    await pair.succeed(
      holder,
      "echo '# more' >/etc/nginx-ha/sites/more.conf; nginx-ha publish && nginx-ha rollback",
    );
    expect([await secretsOf(holder), await secretsOf(peerOf(holder))]).toEqual([renewed, renewed]);
    await untilSame();
  });

  it("a TLS session that began on one node is resumed on the other after a failover", async () => {
    await pair.untilHealthy();
    const holder = await pair.holder();
    const connect = (more: string) =>
      pair.succeed(
        "client",
        `(printf 'GET / HTTP/1.0\\r\\nHost: tls.example\\r\\n\\r\\n'; sleep 1) | openssl s_client -connect ${pair.vip()}:443 -servername tls.example -tls1_3 -ign_eof ${more} 2>&1`,
      );
    expect(await connect("-sess_out /tmp/session")).toContain("New, TLSv1.3");
    await pair.succeed(holder, "systemctl stop keepalived");
    try {
      await pair.untilHeldBy(peerOf(holder));
      expect(await connect("-sess_in /tmp/session")).toContain("Reused, TLSv1.3");
    } finally {
      await pair.succeed(holder, "systemctl start keepalived");
    }
    await pair.untilHealthy();
  });
});
