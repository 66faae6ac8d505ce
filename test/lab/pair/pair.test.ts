import { readFileSync } from "node:fs";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { purge } from "../../../cli/purge";
import { faults } from "../../../lab/faults/faults";
import { attempt, run } from "../../../lab/host/run";
import { waitFor } from "../../../lab/host/wait";
import { loginKey } from "../../../lab/machines/keys";
import { powerOff, replaceMachine } from "../../../lab/machines/machine";
import type { BackendAnswer } from "../../../lab/pair/backends";
import { nodeNames } from "../../../lab/pair/machines";
import { prepareStack, stackFile, stackName } from "../../../lab/pair/stack";
import { judge } from "../../../lab/probe/history";
import { probeWhile } from "../../../lab/probe/probe";
import { argumentsWhile, peerOf, Subject } from "./subject";

const lab = "test";
const clone = join(__dirname, "../../..");
let pair: Subject;
let argv = "";

beforeAll(async () => {
  pair = await Subject.start(lab);
});
afterAll(() => Subject.end(lab));

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

describe("pulumi up", () => {
  it("makes a healthy pair, the first node MASTER", async () => {
    argv += await argumentsWhile(() => pair.mustUp());
    await pair.untilHealthy();
    expect(await pair.holder()).toBe("nginx-a");
    const { prefix, vip } = pair.plan.subnet;
    expect(await pair.outputs()).toEqual({
      vip,
      url: `http://${vip}/`,
      nodes: [
        { name: "nginx-a", address: `${prefix}.11`, zone: "rack-1" },
        { name: "nginx-b", address: `${prefix}.12`, zone: "rack-2" },
      ],
    });
  });

  it("does nothing the second time", async () => {
    const text = await pair.mustUp("--expect-no-changes");
    expect(text).toMatch(/unchanged/);
    const { exitCode } = await pair.pulumi("preview", "--expect-no-changes");
    expect(exitCode).toBe(0);
  });

  it.each([
    "nginx-a",
    "nginx-b",
  ])("the golden files of %s pass the real nginx -t, keepalived -t and nft", async (name) => {
    const golden = (path: string): string => readFileSync(join(clone, "test/golden", name, path), "utf8");
    const check = async (path: string, command: string): Promise<void> => {
      const result = await pair.sh("nginx-a", `cat >/tmp/golden && ${command}`, { stdin: golden(path) });
      expect(result.exitCode, `${command}: ${result.stderr}${result.stdout}`).toBe(0);
    };
    await check("nginx/nginx.conf", "nginx -t -c /tmp/golden");
    await check("keepalived/keepalived.conf", "keepalived -t -f /tmp/golden");
    await check("network/firewall.nft", "nft --check --file /tmp/golden");
    for (const unit of [
      "nginx.service.d/nginx-ha.conf",
      "keepalived.service.d/nginx-ha.conf",
      "nginx-ha-firewall.service",
    ]) {
      expect(golden(`systemd/${unit}`)).toBe(
        await pair.succeed("nginx-a", `cat /etc/systemd/system/${unit}; echo`).then((t) => `${t}\n`),
      );
    }
    const units = "nginx.service keepalived.service nginx-ha-firewall.service";
    expect(
      await pair.succeed("nginx-a", `systemd-analyze verify ${units} 2>&1 | grep -i nginx-ha || true`),
    ).toBe("");
  });
});

describe("the MASTER", () => {
  it("spreads requests over both backends and tells them of the client", async () => {
    const answers: BackendAnswer[] = [];
    for (let i = 0; i < 8; i++) answers.push(JSON.parse(await pair.curl(`/some/path?n=${i}`)));
    const client = pair.machine("client").address;
    expect(new Set(answers.map((answer) => answer.backend))).toEqual(new Set(["backend-1", "backend-2"]));
    expect(answers[0]).toMatchObject({
      uri: "/some/path?n=0",
      host: pair.vip,
      realIp: client,
      forwardedFor: client,
      forwardedProto: "http",
      connection: "",
    });
  });

  it("adds itself to an X-Forwarded-For that the client sent", async () => {
    const answer = await pair.succeed(
      "client",
      `curl -fsS -H 'X-Forwarded-For: 203.0.113.9' http://${pair.vip}/`,
    );
    expect(JSON.parse(answer).forwardedFor).toBe(`203.0.113.9, ${pair.machine("client").address}`);
  });

  it("does not repeat a request that is not idempotent", async () => {
    // Both backends take the request and close without an answer: a GET is tried twice, a POST once.
    const hung = "return 444;";
    for (const name of ["backend-1", "backend-2"]) {
      await pair.succeed(
        name,
        `sed -i 's|location / {|location /drop { access_log /tmp/drop.log; ${hung} }\\n    location / {|' /etc/nginx/sites-enabled/default && nginx -s reload && sleep 0.3`,
      );
    }
    const tries = async (method: string): Promise<number> => {
      await pair.sh("client", `curl -s -o /dev/null -X ${method} http://${pair.vip}/drop`);
      const counts = await Promise.all(
        ["backend-1", "backend-2"].map((name) =>
          pair.succeed(name, `grep -c '"${method} ' /tmp/drop.log || true`),
        ),
      );
      return counts.reduce((sum, text) => sum + Number(text || 0), 0);
    };
    expect(await tries("GET")).toBe(2);
    expect(await tries("POST")).toBe(1);
  });

  it("goes on when a backend is gone", async () => {
    await pair.succeed("backend-1", "systemctl stop nginx");
    try {
      for (let i = 0; i < 6; i++) expect(JSON.parse(await pair.curl()).backend).toBe("backend-2");
    } finally {
      await pair.succeed("backend-1", "systemctl start nginx");
    }
  });

  it("takes VRRP from the peer only", async () => {
    const drops = async (): Promise<number> =>
      Number(
        /counter packets (\d+)/.exec(await pair.succeed("nginx-b", "nft list table inet nginx_ha"))?.[1],
      );
    const before = await drops();
    const spoof =
      "import socket;s=socket.socket(socket.AF_INET,socket.SOCK_RAW,112);[s.sendto(bytes([0x31,51,255,1,0,10,0,0])+bytes([169,254,77,51]),('" +
      pair.machine("nginx-b").address +
      "',0)) for _ in range(5)]";
    await run(["ip", "netns", "exec", `nha-${pair.plan.id}-client`, "python3", "-c", spoof]);
    expect(await drops()).toBe(before + 5);
    expect(await pair.holder()).toBe("nginx-a");
  });
});

describe.each([
  "nginx-kill",
  "nginx-stop",
  "node-crash",
  "keepalived-kill",
  "keepalived-stop",
] as const)("%s on the MASTER", (name) => {
  it("moves the VIP, the survivor serves, and the old node returns as BACKUP", async () => {
    await pair.untilHealthy();
    const old = await pair.holder();
    const survivor = peerOf(old);
    const { inject, undo } = faults[name];
    try {
      const probes = await probeWhile(pair.plan, async () => {
        await inject(pair.plan, old);
        await pair.untilHeldBy(survivor);
      });
      expect(probes.at(-1)?.status, "the last request").toBe(200);
      expect(judge(probes).gap).toBeLessThan(10_000);
      expect(JSON.parse(await pair.curl()).backend).toMatch(/^backend-/);
    } finally {
      await undo(pair.plan, old);
    }
    await pair.untilHealthy();
    const reports = await pair.reports();
    expect(reports[old]).toMatchObject({ VRRP: "BACKUP", ADDRESS: "-" });
    expect(reports[survivor]).toMatchObject({ VRRP: "MASTER", ADDRESS: "held" });
  });
});

describe("a changed configuration", () => {
  it("reaches both nodes, the standby first, without a failed request", async () => {
    await pair.untilHealthy();
    const holder = await pair.holder();
    const before = await pair.reports();
    const routes = [
      { path: "/", pool: "backend_pool" },
      { path: "/slow/", pool: "backend_pool", readTimeout: 300 },
    ];
    let text = "";
    const probes = await probeWhile(pair.plan, async () => {
      text = await pair.withConfig(["nginx", "routes"], routes, () => pair.mustUp());
    });
    expect(judge(probes)).toMatchObject({ failed: 0 });
    if (holder === "nginx-a") expect(text).toContain("nginx-a: is MASTER; the other node goes first");
    const after = await pair.reports();
    for (const name of nodeNames) expect(after[name]?.CONFIG).not.toBe(before[name]?.CONFIG);
    expect(after["nginx-a"]?.CONFIG).toBe(after["nginx-b"]?.CONFIG);
    expect(await pair.holder(), "the VIP stays").toBe(holder);
    await pair.mustUp();
    expect(await pair.reports()).toMatchObject({ [holder]: { CONFIG: before[holder]?.CONFIG } });
  });

  it("is refused when one node's test fails, with both nodes serving the old one", async () => {
    const before = await pair.reports();
    // The name resolves on nginx-a only, so that the release is good there and bad on nginx-b.
    await pair.succeed("nginx-a", "echo 198.18.0.1 only-here.internal >>/etc/hosts");
    const server = { address: "only-here.internal" };
    const { exitCode, text } = await pair.withConfig(["nginx", "pools", 0, "servers", 0], server, () =>
      pair.up(),
    );
    expect(exitCode).not.toBe(0);
    expect(text).toMatch(
      /nginx-b: release \w+ is refused and nothing was changed: nginx -t says: .*host not found in upstream "only-here.internal/,
    );
    expect(await pair.reports()).toEqual(before);
    await pair.mustUp();
    expect(await pair.reports()).toEqual(before);
  });
});

describe("a login that is not root", () => {
  it("uses sudo, and is refused before anything is changed where sudo asks for a password", async () => {
    const before = await pair.reports();
    await pair.succeed(
      "nginx-b",
      "useradd --create-home admin && cp -r /root/.ssh /home/admin/ && chown -R admin: /home/admin/.ssh",
    );
    const asAdmin = () => pair.withConfig(["nodes", 1, "ssh", "user"], "admin", () => pair.up());
    const refused = await asAdmin();
    expect(refused.exitCode).not.toBe(0);
    expect(refused.text).toMatch(/sudo: a password is required/);
    expect(await pair.reports()).toEqual(before);
    await pair.succeed("nginx-b", "echo 'admin ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/admin");
    expect((await asAdmin()).exitCode).toBe(0);
    await pair.mustUp();
    expect(await pair.reports()).toEqual(before);
  });
});

describe("the command line", () => {
  const tsx = join(clone, "node_modules/.bin/tsx");
  const command = (program: string, ...argv: string[]) =>
    attempt([tsx, join(clone, "lab", program), ...argv], { env: { NGINX_HA_LAB: lab, NO_COLOR: "1" } });

  it("status tells of a healthy pair, exit 0", async () => {
    await pair.untilHealthy();
    const { exitCode, stdout } = await command("main.ts", "status");
    expect(stdout).toMatch(
      new RegExp(`^edge {3}VIP ${pair.vip} on nginx-[ab] {3}healthy\nNODE .*ADDRESS\nnginx-a .*\nnginx-b `),
    );
    expect(exitCode).toBe(0);
  });

  it("status of a lab that is not there says how to start it, exit 2", async () => {
    const { exitCode, stderr } = await command("main.ts", "--lab", "nowhere", "status");
    expect(stderr).toBe("error: There is no lab nowhere. Start it: npm run lab");
    expect(exitCode).toBe(2);
  });

  it("exec passes arguments and exit code through", async () => {
    const { exitCode, stdout } = await command(
      "main.ts",
      "exec",
      "client",
      "--",
      "sh",
      "-c",
      'echo "$1"; exit 7',
      "-",
      "a b",
    );
    expect(stdout).toContain("a b");
    expect(exitCode).toBe(7);
  });

  it("pulumi works on the lab's stack and refuses any other", async () => {
    const shown = await command("pulumi.ts", "stack", "output", "vip");
    expect(shown.stdout.trim()).toBe(pair.vip);
    const refused = await command("pulumi.ts", "preview", "--stack", "prod");
    expect(refused.stderr).toContain("The stack prod is not a lab's");
    expect(refused.stderr).toContain("run plain pulumi: pulumi preview --stack prod");
    expect(refused.exitCode).toBe(1);
  });
});

describe("a replaced machine", () => {
  it("is refused with its old host key, and set up in full with the new one", async () => {
    await pair.untilHealthy();
    if ((await pair.holder()) === "nginx-a") {
      await faults["keepalived-stop"].inject(pair.plan, "nginx-a");
      await pair.untilHeldBy("nginx-b");
    }
    await replaceMachine(pair.plan, pair.machine("nginx-a"));
    const refused = await pair.withConfig(["nginx", "routes", 0, "readTimeout"], 61, () => pair.up());
    expect(refused.exitCode).not.toBe(0);
    expect(refused.text).toMatch(/host key mismatch/);
    await prepareStack(pair.plan, clone, pair.lab.pulumi);
    await pair.mustUp();
    await pair.untilHealthy();
    expect(await pair.holder()).toBe("nginx-b");
    expect((await pair.reports())["nginx-a"]).toMatchObject({ VRRP: "BACKUP", NGINX: "active" });
    await pair.mustUp("--expect-no-changes");
  });
});

describe("secrets", () => {
  it("the synchronisation key is 0600, the same on both nodes, and opens nothing but its one command", async () => {
    const [a, b] = await Promise.all(
      nodeNames.map((name) => pair.succeed(name, "sha256sum /etc/nginx-ha/keys/sync")),
    );
    expect(a).toBe(b);
    expect(await pair.succeed("nginx-a", "stat -c '%a %U' /etc/nginx-ha/keys/sync")).toBe("600 root");
    const asPeer = `ssh -F none -i /etc/nginx-ha/keys/sync -o BatchMode=yes -o UserKnownHostsFile=/etc/nginx-ha/current/sync/known_hosts nginx-ha@${pair.machine("nginx-b").address}`;
    const { CONFIG } = (await pair.reports())["nginx-b"] ?? {};
    expect(await pair.succeed("nginx-a", `${asPeer} cat /etc/passwd`)).toBe(CONFIG);
    expect(
      (
        await pair.sh(
          "nginx-a",
          `${asPeer} -N -o ExitOnForwardFailure=yes -L 9999:127.0.0.1:80 & sleep 1; curl -s -m 1 127.0.0.1:9999; kill %1`,
        )
      ).stdout,
    ).toBe("");
  });

  it("are nowhere in clear: state, configuration, output, arguments", async () => {
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
    argv += await argumentsWhile(() =>
      pair.withConfig(["nginx", "routes", 0, "readTimeout"], 62, () => pair.mustUp()),
    );
    await pair.mustUp();
    const state = await run([
      "sh",
      "-c",
      `find '${pair.plan.directory}/state' '${stackFile(pair.plan)}' -type f -exec cat {} +`,
    ]);
    expect(state).toContain("nginx-ha:index:NginxPair");
    for (const [where, text] of Object.entries({ state, output: pair.transcript, arguments: argv })) {
      for (const secret of [...secretLines, ...coded])
        expect(text.includes(secret), `a key in ${where}`).toBe(false);
    }
    expect(argv).toContain("bash\0-s");
  });
});

describe("the end", () => {
  it("destroy with a dead node does not hang, leaves the hosts serving, and says so", async () => {
    await pair.untilHealthy();
    const holder = await pair.holder();
    const dead = peerOf(holder);
    await powerOff(pair.plan, pair.machine(dead));
    const start = performance.now();
    const { exitCode, text } = await pair.pulumi("destroy", "--yes", "--skip-preview");
    expect(exitCode).toBe(0);
    expect(performance.now() - start, "destroy took").toBeLessThan(60_000);
    expect(text).toContain(
      `nginx-a and nginx-b still serve ${pair.vip}: destroy leaves your hosts as they are.`,
    );
    expect(JSON.parse(await pair.curl()).backend).toMatch(/^backend-/);
    await faults["node-crash"].undo(pair.plan, dead);
    await pair.untilHealthy();
  });

  it("purge takes everything off a node, and is content when there is nothing", async () => {
    const source = { stack: stackName, configFile: stackFile(pair.plan), env: pair.lab.pulumi.env };
    for (const name of nodeNames) {
      expect(await purge(source, name)).toBe(`${name}: nothing of nginx-ha is left`);
    }
    expect(await pair.traces()).toEqual([]);
    expect(await purge(source, "nginx-a")).toBe("nginx-a: nothing of nginx-ha is left");
    await expect(purge(source, "nginx-c")).rejects.toThrow(
      "There is no node nginx-c; the stack has nginx-a and nginx-b.",
    );
  });
});
