import { beforeAll, describe, expect, it } from "vitest";
import { judge } from "../../../cli/probe/probes";
import { reportOf } from "../../../cli/status/report";
import { waitFor } from "../../../lab/host/wait";
import { type NodeName, nodeNames } from "../../../lab/pair/machines";
import { probeWhile, throughVip } from "../../../lab/probe/probe";
import { peerOf } from "../pair/subject";
import { pebble } from "./pebble";
import { edge } from "./subject";

const [first, second] = ["issued.example.org", "more.example.org"];
const certificate = "/etc/nginx-ha/certificates/issued/fullchain.pem";

/** What the pair is to serve by ACME. */
async function configure(names: string[]): Promise<void> {
  const acme = { directory: pebble.directory, acceptTerms: true, trustedCertificate: pebble.root };
  await edge.pair.configure(["nginx", "acme"], acme);
  await edge.pair.configure(["nginx", "certificates", 2], { name: "issued", from: "acme" });
  await edge.pair.configure(["nginx", "sites", 2], {
    names,
    tls: { certificate: "issued" },
    routes: [{ path: "/", pool: "backend_pool" }],
  });
  await edge.pair.mustUp();
}

/** Its exit code is 0 where nothing is to be done, or all of it was. */
const look = (name: NodeName) => edge.pair.sh(name, "systemctl start nginx-ha-acme", { timeoutMs: 300_000 });
/** Runs `work` while no node looks by itself. */
async function withoutTimers(work: () => Promise<void>): Promise<void> {
  try {
    for (const name of nodeNames)
      await edge.pair.succeed(name, "systemctl stop nginx-ha-acme.timer nginx-ha-acme.service");
    await work();
  } finally {
    for (const name of nodeNames) await edge.pair.succeed(name, "systemctl start nginx-ha-acme.timer");
  }
}
const inOpenssl = (name: NodeName, what: string): Promise<string> =>
  edge.pair.succeed(name, `openssl x509 -in ${certificate} -noout ${what}`);
/** The certificate that a node's nginx shows. */
const shown = (name: NodeName, what: string): Promise<string> =>
  edge.pair.succeed(
    name,
    `openssl s_client -connect 127.0.0.1:443 -servername ${first} </dev/null 2>/dev/null | openssl x509 -noout ${what}`,
  );
const alarmOf = async (name: NodeName): Promise<string | undefined> =>
  (await edge.pair.agent(name)).alarms.find(({ kind }) => kind === "acme")?.reason;

describe("a certificate by ACME", () => {
  beforeAll(async () => {
    await pebble.install([first as string, second as string]);
    await configure([first as string]);
  });

  it("has a stand-in until there is one, which the status tells, with what is wrong", async () => {
    const holder = await edge.pair.holder();
    expect(await edge.get(`https://${first}/`)).toMatchObject({ status: 200 });
    expect(await shown(holder, "-issuer")).toContain("nginx-ha self-signed");
    expect(await look(holder)).toMatchObject({ exitCode: 1 });
    await waitFor("the alarm", 30_000, async () => (await alarmOf(holder)) !== undefined);
    expect(await alarmOf(holder)).toMatch(
      /^certificates and keys: certificate issued, tried (once|\d times): Problem connecting to server/,
    );
    const { warnings, verdict } = reportOf(await edge.pair.status());
    expect(verdict).toBe("degraded");
    const standIn = "certificate issued is a stand-in that no client trusts: none has come by ACME yet";
    expect(warnings.filter(({ text }) => text === standIn).map(({ node }) => node)).toEqual([...nodeNames]);
  });

  it("is not asked for again at once", async () => {
    await pebble.start();
    const holder = await edge.pair.holder();
    expect(await look(holder)).toMatchObject({ exitCode: 1 });
    expect(await pebble.log()).not.toMatch(/POST \//);
    expect(await alarmOf(holder)).toBeDefined();
  });

  it("is asked for by the MASTER alone, proved through the VIP, and served by both without a failed request", async () => {
    const holder = await edge.pair.holder();
    const probes = await probeWhile(throughVip(edge.pair.plan), async () => {
      await edge.pair.succeed(holder, "rm -f /var/lib/nginx-ha/acme/trouble.json");
      expect(await look(peerOf(holder))).toMatchObject({ exitCode: 0 });
      expect(await pebble.log(), "the BACKUP asks nobody").not.toMatch(/POST \//);
      expect(await shown(holder, "-issuer")).toContain("nginx-ha self-signed");
      expect(await look(holder)).toMatchObject({ exitCode: 0 });
    });
    expect(judge(probes)).toMatchObject({ failed: 0 });
    await waitFor("both nodes to show it", 30_000, async () => {
      const serials = await Promise.all(nodeNames.map((name) => shown(name, "-serial -issuer")));
      return serials[0] === serials[1] && serials[0]?.includes("Pebble Intermediate");
    });
    expect(await pebble.log()).toMatch(/challenge/i);
    for (const name of nodeNames) {
      expect(
        await edge.pair.succeed(name, `stat -L -c '%a %U' ${certificate.replace("fullchain", "privkey")}`),
      ).toBe("600 root");
      expect(await inOpenssl(name, "-ext subjectAltName")).toContain(`DNS:${first}`);
    }
    await edge.put("client", "/root/pebble-root.pem", await pebble.authority());
    const argv = `curl --silent --fail --cacert /root/pebble-root.pem --connect-to ::${edge.pair.vip}:443 https://${first}/`;
    expect(JSON.parse(await edge.pair.succeed("client", argv))).toMatchObject({ host: first });
  });

  it("ends the alarm and the warning, and is asked for again by nobody", async () => {
    await edge.pair.untilHealthy();
    const issued = (one: { text: string }): boolean => one.text.includes("issued");
    expect(reportOf(await edge.pair.status()).warnings.filter(issued)).toEqual([]);
    const serial = await inOpenssl("nginx-a", "-serial");
    for (const name of nodeNames) expect(await look(name)).toMatchObject({ exitCode: 0 });
    expect(await inOpenssl("nginx-a", "-serial")).toBe(serial);
  });

  it("has its challenges answered on the VIP by either node, whoever of them waits for it", () =>
    withoutTimers(async () => {
      for (const name of nodeNames) {
        const put = `mkdir -p /run/nginx-ha-acme/challenges && chmod 755 /run/nginx-ha-acme /run/nginx-ha-acme/challenges && printf 'answer of ${name}' >/run/nginx-ha-acme/challenges/TOKEN-${name} && chmod 644 /run/nginx-ha-acme/challenges/TOKEN-${name}`;
        await edge.pair.succeed(name, put);
      }
      const path = `http://${first}/.well-known/acme-challenge`;
      for (const name of nodeNames)
        expect(await edge.get(`${path}/TOKEN-${name}`)).toMatchObject({
          status: 200,
          body: `answer of ${name}`,
        });
      expect((await edge.get(`${path}/TOKEN-none`)).status).toBe(404);
      expect((await edge.get("http://www.example.org/.well-known/acme-challenge/TOKEN-nginx-a")).status).toBe(
        301,
      );
      const named = ["--header", "Host: health.nginx-ha.internal"];
      expect(
        (await edge.get(`http://any.example.org/.well-known/acme-challenge/TOKEN-nginx-a`, ...named)).status,
      ).toBe(403);
    }));

  it("is got for one more name by the node that is MASTER then, with the pair's account", async () => {
    const before = await edge.pair.holder();
    const account =
      "cd /etc/nginx-ha/secrets/serving/acme-accounts && sha256sum */account_key.pem && stat -c '%a %U' */account_key.pem";
    const key = await edge.pair.succeed(before, account);
    expect(key).toMatch(/\n600 root$/);
    await edge.pair.succeed(before, "pkill -KILL nginx");
    await edge.pair.untilHeldBy(peerOf(before));
    await edge.pair.untilHealthy();
    await configure([first as string, second as string]);
    const holder = peerOf(before);
    expect(await look(holder)).toMatchObject({ exitCode: 0 });
    await waitFor("both nodes to have it", 60_000, async () => {
      const all = await Promise.all(nodeNames.map((name) => shown(name, "-ext subjectAltName")));
      return all.every((text) => text.includes(`DNS:${second}`));
    });
    for (const name of nodeNames) expect(await edge.pair.succeed(name, account)).toBe(key);
  });

  it("leaves nothing of its keys in Pulumi's state, nor in what was printed", async () => {
    const argv = ["stack", "export", "--stack", "lab-hosts"];
    const { exitCode, stdout, stderr } = await edge.pair.lab.pulumi.attempt(argv);
    expect(exitCode, stderr).toBe(0);
    const holder = await edge.pair.holder();
    const lines = await edge.pair.succeed(
      holder,
      "cat /etc/nginx-ha/secrets/serving/acme-accounts/*/account_key.pem /etc/nginx-ha/certificates/issued/privkey.pem | grep -v -- -----",
    );
    for (const line of lines.split("\n")) {
      expect(stdout.includes(line), "in the state").toBe(false);
      expect(edge.pair.transcript.includes(line), "printed").toBe(false);
    }
  });
});
