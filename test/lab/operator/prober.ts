import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readInventory } from "../../../cli/inventory";
import type { DrillReport } from "../../../cli/report/verdict";
import type { SwitchoverResult } from "../../../cli/switchover/result";
import type { Result } from "../../../lab/host/run";
import { knownHosts, loginKey } from "../../../lab/machines/keys";
import { stackFile, stackName } from "../../../lab/pair/stack";
import { pair } from "../pair/subject";
import { plainNginxHa, printed } from "./subject";

/** Whoever has neither the lab's glue nor a way to the VIP: the clients' machine probes, a management board cuts power. */
describe("from somewhere else", () => {
  const scratch = mkdtempSync(join(tmpdir(), "nginx-ha-from-"));
  const file = join(scratch, "pair.json");
  const config = join(scratch, "ssh_config");
  const board = createServer((request, response) => {
    const [, command, node = ""] = request.url?.split("/") ?? [];
    pair.power(command === "cut" ? "cut" : "restore", node).then(
      () => response.end(),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  const switched = (command: string): string => {
    const url = `http://127.0.0.1:${(board.address() as AddressInfo).port}/${command}/{node}`;
    return `${process.execPath} -e "fetch('${url}').then(({ ok }) => process.exit(ok ? 0 : 1))"`;
  };

  beforeAll(async () => {
    const at = { stack: stackName, configFile: stackFile(pair.plan), env: pair.lab.pulumi.env };
    writeFileSync(file, JSON.stringify(await readInventory(at)), { mode: 0o600 });
    const hosts = ["client", "backend-1"].map(
      (name) => `Host ${name}\n  HostName ${pair.machine(name).address}\n`,
    );
    const login = `  User root\n  IdentityFile ${loginKey(pair.plan)}\n  IdentitiesOnly yes\n  UserKnownHostsFile "${knownHosts(pair.plan)}"\n`;
    writeFileSync(config, hosts.map((host) => host + login).join(""));
    // OpenSSH reads the configuration of whoever runs it; the nodes' own comes after it and wins.
    writeFileSync(join(scratch, "ssh"), `#!/bin/sh\nexec /usr/bin/ssh -F ${config} "$@"\n`, { mode: 0o755 });
    const node = "apt-get -q -y install --no-install-recommends nodejs >/dev/null 2>&1";
    const { exitCode } = await pair.sh("client", node, { timeoutMs: 240_000 });
    expect(exitCode, "nodejs on the client").toBe(0);
    board.listen(0, "127.0.0.1");
    await once(board, "listening");
  });
  afterAll(() => {
    board.close();
    rmSync(scratch, { recursive: true, force: true });
  });

  const nginxHa = (...argv: string[]): Promise<Result> => {
    const PATH = [scratch, process.env.PATH].join(delimiter);
    return plainNginxHa([...argv, "--inventory", file], { PATH }, 580_000);
  };

  it("a switchover is measured by a host that ssh knows", async () => {
    await pair.untilHealthy();
    const result = await nginxHa("switchover", "--yes", "--json", "--from", "client");
    const { moved, measured } = printed<SwitchoverResult>("switchover", result);
    expect({ moved, measured }).toMatchObject({ moved: true, measured: { from: "client", refused: 0 } });
    expect(measured?.total).toBeGreaterThan(100);
    expect(result.exitCode).toBe(0);
  });

  it.each([
    ["without Node", "backend-1", /node.*No such file or directory/],
    ["that nobody knows", "nowhere.invalid", /Could not resolve hostname nowhere.invalid/],
  ])("a host %s: one sentence, and nothing moves", async (_title, host, why) => {
    await pair.untilHealthy();
    const holder = await pair.holder();
    const { stderr, exitCode } = await nginxHa("switchover", "--yes", "--json", "--from", host);
    const last = stderr.trim().split("\n").at(-1);
    expect(last).toMatch(new RegExp(`^error: The prober did not start on ${host}: `));
    expect(last).toMatch(why);
    expect(exitCode).toBe(2);
    expect(await pair.holder()).toBe(holder);
  });

  it("a drill cuts the power by --power-off, and gives it back by --power-on", async () => {
    await pair.untilHealthy();
    const power = ["--power-off", switched("cut"), "--power-on", switched("restore")];
    const history = ["--history", join(scratch, "crash.jsonl")];
    const result = await nginxHa(
      "drill",
      "node-crash",
      "--yes",
      "--json",
      "--from",
      "client",
      ...power,
      ...history,
    );
    const report = printed<DrillReport>("drill", result);
    expect(report).toMatchObject({
      verdict: "valid",
      from: "client",
      faults: [{ fault: "node-crash", ruling: "valid" }],
    });
    expect(result.exitCode).toBe(0);
    await pair.untilHealthy();
  });

  it("a --power-off that fails is told, and the pair is left whole", async () => {
    const argv = ["drill", "node-crash", "--yes", "--json", "--from", "client"];
    const power = ["--power-off", "echo no such board >&2; exit 3", "--power-on", "true"];
    const result = await nginxHa(...argv, ...power, "--history", join(scratch, "board.jsonl"));
    const report = printed<DrillReport>("drill", result);
    expect(report).toMatchObject({ verdict: "unknown", why: expect.stringContaining("no such board") });
    expect(result.exitCode).toBe(2);
    await pair.untilHealthy();
  });
});
