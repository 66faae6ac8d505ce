import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { run } from "../../../lab/host/run";
import { waitFor } from "../../../lab/host/wait";
import { stackFile, stackName } from "../../../lab/pair/stack";
import { pair } from "./subject";

describe("bad input is told before anything is changed on a node", () => {
  const ssh = (index: number, key: string): (string | number)[] => ["nodes", index, "ssh", key];

  it("an unreachable host", async () => {
    const nowhere = `${pair.plan.subnet.prefix}.250`;
    const { exitCode, text } = await pair.withConfig(ssh(1, "host"), nowhere, () => pair.up());
    expect(exitCode).not.toBe(0);
    expect(text).toMatch(/edge-nginx-b-preflight/);
    expect(text).toContain(nowhere);
    expect(await pair.traces()).toEqual([]);
  });

  it("a changed host key", async () => {
    const other = (await pair.succeed("client", "cat /etc/ssh/ssh_host_ed25519_key.pub"))
      .split(" ")
      .slice(0, 2)
      .join(" ");
    const { exitCode, text } = await pair.withConfig(ssh(0, "hostKey"), other, () => pair.up());
    expect(exitCode).not.toBe(0);
    expect(text).toMatch(/edge-nginx-a-preflight/);
    expect(text).toMatch(/host key mismatch/);
    expect(await pair.traces()).toEqual([]);
  });

  it("an interface that is not there", async () => {
    const { exitCode, text } = await pair.withConfig(["nodes", 1, "interface"], "eth7", () => pair.up());
    expect(exitCode).not.toBe(0);
    expect(text).toContain("nginx-b: has no interface eth7; set the node's interface to one of: eth0");
    expect(await pair.traces()).toEqual([]);
  });

  it("an unsupported distribution", async () => {
    await pair.succeed(
      "nginx-b",
      "cp /etc/os-release /tmp/os && sed -i 's/^ID=.*/ID=ubuntu/' /etc/os-release",
    );
    try {
      const { exitCode, text } = await pair.up();
      expect(exitCode).not.toBe(0);
      expect(text).toMatch(
        /nginx-b: runs Debian.*only Debian 12 and Debian 13 are supported; install one of them/,
      );
      expect(await pair.traces()).toEqual([]);
    } finally {
      await pair.succeed("nginx-b", "cat /tmp/os >/etc/os-release");
    }
  });

  it("port 80 taken by another program", async () => {
    await pair.succeed(
      "nginx-a",
      "systemd-run --quiet --unit squatter systemd-socket-activate --listen 80 cat",
    );
    try {
      const { exitCode, text } = await pair.withConfig(["nginx", "routes", 0, "readTimeout"], 71, () =>
        pair.up(),
      );
      expect(exitCode).not.toBe(0);
      expect(text).toMatch(/nginx-a: port 80 is taken by another program \(systemd-socket[^)]*pid \d+\)/);
      expect(text).toContain("stop it, or set nginx.port to a free port");
      expect(await pair.traces()).toEqual([]);
    } finally {
      await pair.succeed("nginx-a", "systemctl stop squatter");
    }
  });

  it("an nginx that already runs with a configuration of its own", async () => {
    await pair.succeed("nginx-b", "systemd-run --quiet --unit nginx sleep 300");
    try {
      const { exitCode, text } = await pair.withConfig(["nginx", "routes", 0, "readTimeout"], 72, () =>
        pair.up(),
      );
      expect(exitCode).not.toBe(0);
      expect(text).toContain(
        "nginx-b: nginx already runs with a configuration of its own, which the pair would replace; stop it first: systemctl disable --now nginx",
      );
      expect(await pair.traces()).toEqual([]);
    } finally {
      await pair.succeed("nginx-b", "systemctl stop nginx");
    }
  });

  it("a wrong key in the configuration", async () => {
    const { exitCode, text } = await pair.withConfig(["vipp"], 1, () => pair.up());
    expect(exitCode).not.toBe(0);
    expect(text).toContain('nginx-ha:cluster: has no key "vipp"; every key is in Pulumi.example.yaml');
    expect(text).not.toMatch(/at .*\.ts:\d+/);
    expect(await pair.traces()).toEqual([]);
  });

  it("a wrong SSH key", async () => {
    const file = stackFile(pair.plan);
    const before = await readFile(file, "utf8");
    const wrong = join(pair.plan.directory, "wrong");
    await run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", wrong]);
    try {
      await pair.lab.pulumi.quietly(
        ["config", "set", "--secret", "sshPrivateKey", "-s", stackName, "--config-file", file],
        { stdin: await readFile(wrong, "utf8") },
      );
      const { exitCode, text } = await pair.up();
      expect(exitCode).not.toBe(0);
      expect(text).toMatch(/unable to authenticate/);
      expect(await pair.traces()).toEqual([]);
    } finally {
      await rm(wrong);
      await writeFile(file, before);
    }
    // OpenSSH 9.8 and later shuts out an address for a while after failed logins (PerSourcePenalties).
    await waitFor("the nodes' sshd to forgive the wrong key", 120_000, () => pair.sshAnswers(), 1000);
  }, 200_000);
});
