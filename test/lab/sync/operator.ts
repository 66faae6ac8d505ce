import { describe, expect, it } from "vitest";
import { judge } from "../../../cli/probe/probes";
import { waitFor } from "../../../lab/host/wait";
import { probeWhile } from "../../../lab/probe/probe";
import { pair, peerOf } from "../pair/subject";
import { alarmsOf, answerOf, generationOf, publish, siteOf, syncOf, untilSame, write } from "./words";

describe("an operator's files", () => {
  it("are served by both nodes after they were changed on the MASTER, without a command", async () => {
    const holder = await pair.holder();
    await write(holder, "picked up");
    const served = async () => (await answerOf(peerOf(holder))) === "picked up";
    await waitFor("the standby to serve it", 15_000, served, 100);
    expect(await answerOf(holder)).toBe("picked up");
    await untilSame();
    expect(await pair.succeed(peerOf(holder), "cat /etc/nginx-ha/sites/op.conf")).toBe(siteOf("picked up"));
  });

  it("are served at once by nginx-ha publish, on both nodes", async () => {
    const holder = await pair.holder();
    await write(holder, "published");
    expect(await publish(holder)).toMatch(/^serves: generation \d+-\d+-\w+, on both nodes$/);
    expect([await answerOf(holder), await answerOf(peerOf(holder))]).toEqual(["published", "published"]);
    const refused = await pair.sh(peerOf(holder), "echo '#' >>/etc/nginx-ha/sites/op.conf; nginx-ha publish");
    expect(refused.stderr).toMatch(/is not MASTER, and only the MASTER publishes|^$/);
    await waitFor("the drift", 10_000, async () => (await alarmsOf(peerOf(holder))).includes("drift"));
    expect(await pair.succeed(peerOf(holder), "cat /etc/nginx-ha/drift/1/op.conf")).toMatch(/#$/);
    await pair.succeed(peerOf(holder), "rm -r /etc/nginx-ha/drift/1");
    await untilSame();
  });

  it("survive the next up, which leaves them alone", async () => {
    const timeout = ["nginx", "routes", 0, "readTimeout"];
    await pair.withConfig(timeout, 91, () => pair.mustUp());
    expect(await answerOf("nginx-a")).toBe("published");
    expect(await answerOf("nginx-b")).toBe("published");
    await pair.mustUp();
    await untilSame();
  });

  it.each([
    [
      "a server name that the stack has",
      "server { listen 80; server_name _; return 200; }",
      /conflicting server name "_"/,
    ],
    [
      "an upstream that the stack has",
      "upstream backend_pool { server 127.0.0.1; }",
      /duplicate upstream "backend_pool"/,
    ],
    ["what nginx does not know", "nonsense on;", /unknown directive "nonsense"/],
  ])("with %s are refused, and nothing changes", async (_, text, message) => {
    const holder = await pair.holder();
    const before = await generationOf(holder);
    await pair.succeed(holder, `cat >/etc/nginx-ha/sites/bad.conf <<'END'\n${text}\nEND`);
    const { exitCode, stderr } = await pair.sh(holder, "nginx-ha publish");
    await pair.succeed(holder, "rm /etc/nginx-ha/sites/bad.conf");
    expect([exitCode, await generationOf(holder), await generationOf(peerOf(holder))]).toEqual([
      1,
      before,
      before,
    ]);
    expect(stderr).toMatch(message);
    await untilSame();
  });

  it.each([
    ["a link out", "ln -s /etc/shadow bad.conf"],
    ["a pipe", "mkfifo bad.conf"],
    ["a device", "mknod bad.conf c 1 3"],
    ["a name that leads out", "touch '..\\bad.conf'; touch 'bad\n.conf'"],
  ])("with %s are refused", async (_, make) => {
    const holder = await pair.holder();
    const before = await generationOf(holder);
    await pair.succeed(holder, `cd /etc/nginx-ha/sites && ${make}`);
    const { exitCode } = await pair.sh(holder, "nginx-ha publish");
    await pair.succeed(holder, "cd /etc/nginx-ha/sites && find . -name '*bad*' -delete");
    expect([exitCode, await generationOf(peerOf(holder))]).toEqual([1, before]);
    await untilSame();
  });

  it("that pass the test on one node and fail it on the other are refused on both", async () => {
    const holder = await pair.holder();
    const before = await generationOf(holder);
    await pair.succeed(holder, "echo 198.18.0.1 here-only.internal >>/etc/hosts");
    await pair.succeed(
      holder,
      "echo 'upstream u { server here-only.internal; }' >/etc/nginx-ha/sites/bad.conf",
    );
    const { exitCode, stderr } = await pair.sh(holder, "nginx-ha publish");
    await pair.succeed(holder, "rm /etc/nginx-ha/sites/bad.conf");
    expect(stderr).toMatch(/host not found in upstream "here-only.internal"/);
    expect([exitCode, await generationOf(holder), await generationOf(peerOf(holder))]).toEqual([
      1,
      before,
      before,
    ]);
    await untilSame();
  });

  it("of five megabytes are served by both", async () => {
    const holder = await pair.holder();
    await pair.succeed(
      holder,
      "yes '# five megabytes' | head -n 294118 >/etc/nginx-ha/sites/big.conf; nginx-ha publish",
    );
    expect(await pair.succeed(peerOf(holder), "stat -L -c %s /etc/nginx-ha/serving/sites/big.conf")).toBe(
      "5000006",
    );
    await pair.succeed(holder, "rm /etc/nginx-ha/sites/big.conf && nginx-ha publish");
    await untilSame();
  });

  it("are published a hundred times under load, without a failed request", async () => {
    const holder = await pair.holder();
    const first = (await syncOf(holder)).generation?.number ?? 0;
    const script = `for n in $(seq 100); do
      echo 'server { listen 80; server_name op.example; location / { return 200 "'$n'\\n"; } }' >/etc/nginx-ha/sites/op.conf
      nginx-ha publish >/dev/null || exit 1
    done`;
    const probes = await probeWhile(
      pair.throughVip(),
      () => pair.sh(holder, script, { timeoutMs: 300_000 }).then(({ exitCode }) => expect(exitCode).toBe(0)),
      { intervalMs: 20, limitS: 300 },
    );
    expect(judge(probes)).toMatchObject({ failed: 0 });
    expect([await answerOf(holder), await answerOf(peerOf(holder))]).toEqual(["100", "100"]);
    expect((await syncOf(holder)).generation?.number).toBe(first + 100);
    expect(await pair.succeed(peerOf(holder), "ls /etc/nginx-ha/generations | wc -l")).toBe("5");
    expect(await pair.holder(), "the VIP stays").toBe(holder);
    await untilSame();
  }, 400_000);
});

describe("a rollback", () => {
  it("makes an earlier generation the next one on both; an up that would undo the stack's part has to say so", async () => {
    const timeout = ["nginx", "routes", 0, "readTimeout"];
    // The default, nginx's own, is not written.
    const readTimeout = (name: string) =>
      pair.succeed(name, "grep -o 'proxy_read_timeout [0-9]*s' /etc/nginx/nginx.conf || echo none");
    await pair.mustUp();
    await pair.withConfig(timeout, 93, () => pair.mustUp());
    const holder = await pair.holder();
    expect(await readTimeout("nginx-b")).toBe("proxy_read_timeout 93s");
    await pair.succeed(holder, "nginx-ha rollback");
    expect(await readTimeout(peerOf(holder))).toBe("none");
    const id = await generationOf(holder);
    const rollback = id?.split("-").slice(0, 2).join("-");
    const before = await pair.configs();

    const refused = await pair.withConfig(timeout, 94, () => pair.up());
    expect(refused.exitCode).not.toBe(0);
    expect(refused.text).toContain(
      `serves ${id}, and this up would undo the rollback ${rollback}; to do so, set sync.acceptOverride to ${rollback}`,
    );
    expect(await pair.configs()).toEqual(before);

    await pair.withConfig(timeout, 94, () =>
      pair.withConfig(["sync", "acceptOverride"], rollback, () => pair.mustUp()),
    );
    expect(await readTimeout(peerOf(holder))).toBe("proxy_read_timeout 94s");
    await pair.mustUp();
    await untilSame();
  });
});
