import { describe, expect, it } from "vitest";
import { judge } from "../../../cli/probe/probes";
import { probeWhile } from "../../../lab/probe/probe";
import { pair, peerOf } from "./subject";
import { answerOf, generationOf, publish, syncOf, untilSame, write } from "./words";

describe("an operator's files", () => {
  it("survive the next up, which leaves them alone", async () => {
    const timeout = ["nginx", "routes", 0, "readTimeout"];
    const holder = await pair.holder();
    await write(holder, "of the operator");
    await publish(holder);
    await pair.withConfig(timeout, 91, () => pair.mustUp());
    expect(await answerOf("nginx-a")).toBe("of the operator");
    expect(await answerOf("nginx-b")).toBe("of the operator");
    await pair.mustUp();
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
