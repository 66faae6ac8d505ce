import { describe, expect, it } from "vitest";
import { waitFor } from "../../../lab/host/wait";
import { pair, peerOf } from "./subject";
import { alarmsOf, answerOf, generationOf, publishNew, untilSame, write } from "./words";
import { siteOf } from "./words-of";

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
    expect(await publishNew(holder, "published")).toMatch(/^serves: generation \d+-\d+-\w+, on both nodes$/);
    expect([await answerOf(holder), await answerOf(peerOf(holder))]).toEqual(["published", "published"]);
    const refused = await pair.sh(peerOf(holder), "echo '#' >>/etc/nginx-ha/sites/op.conf; nginx-ha publish");
    expect(refused.stderr).toMatch(/is not MASTER, and only the MASTER publishes|^$/);
    await waitFor("the drift", 10_000, async () => (await alarmsOf(peerOf(holder))).includes("drift"));
    expect(await pair.succeed(peerOf(holder), "cat /etc/nginx-ha/drift/1/op.conf")).toMatch(/#$/);
    await pair.succeed(peerOf(holder), "rm -r /etc/nginx-ha/drift/1");
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
});
