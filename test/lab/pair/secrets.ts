import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { run } from "../../../lab/host/run";
import { loginKey } from "../../../lab/machines/keys";
import { nodeNames } from "../../../lab/pair/machines";
import { stackFile } from "../../../lab/pair/stack";
import { argumentsWhile } from "./arguments";
import { pair } from "./subject";

describe("secrets", () => {
  it("the synchronisation key is 0600, the same on both nodes, and opens nothing but its one command", async () => {
    const [a, b] = await Promise.all(
      nodeNames.map((name) => pair.succeed(name, "sha256sum /etc/nginx-ha/keys/sync")),
    );
    expect(a).toBe(b);
    expect(await pair.succeed("nginx-a", "stat -c '%a %U' /etc/nginx-ha/keys/sync")).toBe("600 root");
    const asPeer = `ssh -F none -i /etc/nginx-ha/keys/sync -o BatchMode=yes -o UserKnownHostsFile=/etc/nginx-ha/current/sync/known_hosts nginx-ha@${pair.machine("nginx-b").address}`;
    const { CONFIG } = (await pair.reports())["nginx-b"] ?? {};
    expect(await pair.succeed("nginx-a", `${asPeer} cat /etc/passwd`)).toMatch(
      new RegExp(`^CONFIG=${CONFIG}\\nVRRP=(MASTER|BACKUP)\\nADDRESS=(held|-)$`),
    );
    expect(
      (
        await pair.sh(
          "nginx-a",
          `${asPeer} -N -o ExitOnForwardFailure=yes -L 9999:127.0.0.1:80 & sleep 1; curl -s -m 1 127.0.0.1:9999; kill %1`,
        )
      ).stdout,
    ).toBe("");
  });

  it("are nowhere in clear: state, configuration, output, arguments, logs", async () => {
    const login = await readFile(loginKey(pair.plan), "utf8");
    const sync = await pair.succeed("nginx-a", "cat /etc/nginx-ha/keys/sync");
    const bodies = [login, sync].flatMap((key) =>
      key.split("\n").filter((line) => line.length > 40 && !line.includes("KEY")),
    );
    // The first line of every OpenSSH key is its header, alike in all of them.
    const secretLines = bodies.filter((line) => !line.startsWith("b3BlbnNzaC1rZXktdjE"));
    expect(secretLines.length).toBeGreaterThan(4);
    const coded = [login, sync, `${sync}\n`].map((key) =>
      Buffer.from(key).toString("base64").slice(200, 260),
    );
    pair.arguments += await argumentsWhile(() =>
      pair.withConfig(["nginx", "routes", 0, "readTimeout"], 62, () => pair.mustUp()),
    );
    await pair.mustUp();
    const state = await run([
      "sh",
      "-c",
      `find '${pair.plan.directory}/state' '${stackFile(pair.plan)}' -type f -exec cat {} +`,
    ]);
    expect(state).toContain("nginx-ha:index:NginxPair");
    for (const [where, text] of Object.entries({
      state,
      output: pair.transcript,
      arguments: pair.arguments,
    })) {
      for (const secret of [...secretLines, ...coded])
        expect(text.includes(secret), `a key in ${where}`).toBe(false);
    }
    expect(pair.arguments).toContain("bash\0-s");
  });
});
