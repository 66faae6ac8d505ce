import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { attempt, run } from "../../../lab/host/run";
import { waitFor } from "../../../lab/host/wait";
import { exec } from "../../../lab/machines/exec";
import { hostPublicKey, knownHosts, loginKey, sshCommand } from "../../../lab/machines/keys";
import {
  boot,
  cleanShutdown,
  freeze,
  groupOf,
  machineState,
  powerOff,
  replaceMachine,
  thaw,
} from "../../../lab/machines/machine";
import { deafen, healAll, partition, unplug } from "../../../lab/network/faults";
import { findLab, startLab, stopLab } from "../../../lab/state/lifecycle";
import type { LabPlan, MachinePlan } from "../../../lab/state/plan";
import { REGISTRY_DIRECTORY } from "../../../lab/state/slots";
import { traces } from "./traces";

const machines = [
  { name: "left", host: 11, image: "node" },
  { name: "right", host: 12, image: "site" },
] as const;

const canBoot = process.platform === "linux" && process.getuid?.() === 0;

describe.skipIf(!canBoot)("a lab of two machines", () => {
  let clone: string;
  let input: Parameters<typeof startLab>[0];
  let plan: LabPlan;
  let left: MachinePlan;
  let right: MachinePlan;
  const forwarding = () => readFileSync("/proc/sys/net/ipv4/ip_forward", "utf8");
  const alone = !existsSync(REGISTRY_DIRECTORY);
  const forwardedBefore = canBoot ? forwarding() : "";

  const sh = (machine: MachinePlan, script: string, timeoutMs = 30_000) =>
    exec(plan, machine, ["sh", "-c", script], { timeoutMs });
  const pings = async (from: MachinePlan, to: MachinePlan) =>
    (await sh(from, `ping -q -c 3 -i 0.05 -W 1 ${to.address}`)).exitCode === 0;

  beforeAll(async () => {
    clone = await mkdtemp(join(tmpdir(), "lab-"));
    input = { name: "live", clone, release: "trixie", machines };
    plan = await startLab(input, console.error);
    [left, right] = plan.machines as [MachinePlan, MachinePlan];
  });

  afterAll(async () => {
    await stopLab(input);
    await rm(clone, { recursive: true, force: true });
  });

  test("boots machines that reach each other, with systemd content", async () => {
    expect(await pings(left, right)).toBe(true);
    expect(await pings(right, left)).toBe(true);
    expect((await sh(left, "systemctl is-system-running")).stdout.trim()).toBe("running");
    expect((await findLab(input))?.state.status).toBe("running");
  });

  test("passes exit code, output and input of a command through", async () => {
    const result = await exec(plan, left, ["sh", "-c", "cat; echo no >&2; exit 7"], { stdin: "hello" });
    expect(result).toEqual({ exitCode: 7, stdout: "hello", stderr: "no\n" });
  });

  test("ends a command that takes too long, with everything it started", async () => {
    await expect(sh(left, "sleep 4711 & sleep 4711", 300)).rejects.toThrow(
      "on left: not finished after 0.3 s",
    );
    expect((await sh(left, "grep -lzx 4711 /proc/[0-9]*/cmdline")).stdout).toBe("");
  });

  test("answers SSH from the host with the host key that the lab made, to its key only", async () => {
    const argv = [...sshCommand(plan, left.address), "hostname"];
    expect(await run(argv)).toBe("left");
    const key = await run(["ssh-keyscan", "-t", "ed25519", left.address]);
    expect(key.split(" ").slice(1).join(" ")).toBe(await hostPublicKey(plan, "left"));
    const stranger = [...argv];
    stranger[stranger.indexOf(loginKey(plan))] = join(clone, "no-such-key");
    expect((await attempt(stranger)).stderr).toContain("Permission denied (publickey)");
  });

  test("rejects a lab address that nobody owns at once, on the host and in a machine", async () => {
    const nobody = `198.18.${(plan.slot + 1) % 250}.9`;
    const code = await new Promise((done) => {
      connect({ host: nobody, port: 80, timeout: 5_000 })
        .once("error", (error) => done(error))
        .once("timeout", done);
    });
    expect(code).toMatchObject({ code: "EHOSTUNREACH" });
    expect((await sh(right, `curl -sS -m 5 http://${nobody}`)).exitCode).toBe(7);
    expect(
      (await sh(right, `ip route del unreachable 198.18.0.0/15; ping -c 1 -W 2 ${nobody}`)).stdout,
    ).toContain(`From ${plan.subnet.gateway} icmp_seq=1 Destination Host Unreachable`);
  });

  test("carries gratuitous ARP, as a wire does", async () => {
    await sh(right, "ip neigh flush all; echo 1 > /proc/sys/net/ipv4/conf/eth0/arp_accept");
    await sh(
      left,
      `ip addr add ${plan.subnet.vip}/32 dev eth0
      echo 1 > /proc/sys/net/ipv4/conf/eth0/arp_notify
      ip link set eth0 address $(cat /sys/class/net/eth0/address)`,
    );
    expect((await sh(right, "ip neigh show")).stdout).toContain(plan.subnet.vip);
  });

  test("installs packages from the image's own cache, and carries VRRP's protocol", async () => {
    const install = await sh(left, "apt-get install --yes --no-install-recommends keepalived", 120_000);
    expect(install.stdout).toContain("Need to get 0 B");
    const unknownBefore = await unknownProtocols(right);
    await exec(plan, left, ["tee", "/etc/keepalived/keepalived.conf"], { stdin: keepalived(left, right) });
    await sh(left, "systemctl restart keepalived");
    await waitFor(
      "VRRP adverts at right",
      15_000,
      async () => (await unknownProtocols(right)) > unknownBefore,
    );
    await sh(left, "systemctl stop keepalived; rm /etc/keepalived/keepalived.conf");
  });

  test("each fault breaks what it says, and its undo mends it", async () => {
    const cut = await partition(plan, ["left"], ["right"]);
    expect(await pings(left, right)).toBe(false);
    expect(await run([...sshCommand(plan, left.address), "hostname"])).toBe("left");
    await cut.undo();
    expect(await pings(left, right)).toBe(true);
    const unplugged = await unplug(plan, "right");
    expect(await pings(left, right)).toBe(false);
    await unplugged.undo();
    await unplugged.undo();
    expect(await pings(left, right)).toBe(true);
    await deafen(plan, "left", "right");
    expect(await pings(left, right)).toBe(false);
    await healAll(plan);
    expect(await pings(left, right)).toBe(true);
  });

  test("a frozen machine is silent until it is thawed, and loses nothing", async () => {
    await sh(left, "echo $$ > /run/before");
    await freeze(plan, left);
    expect((await machineState(plan, left)).status).toBe("frozen");
    await expect(sh(left, "true", 300)).rejects.toThrow("not finished after 0.3 s");
    await thaw(plan, left);
    expect((await sh(left, "cat /run/before")).exitCode).toBe(0);
  });

  test("a power cut silences a machine within milliseconds, and its files are there after the next boot", async () => {
    await sh(left, "echo kept > /root/file; ip addr add 198.18.255.1/32 dev eth0");
    const started = sh(right, `ping -D -i 0.005 -c 400 -W 1 ${left.address}`);
    await waitForReply(left);
    const cutAt = Date.now() / 1000;
    await powerOff(plan, left);
    const deadAfter = Date.now() / 1000 - cutAt;
    const replies = [...(await started).stdout.matchAll(/^\[([\d.]+)\] 64 bytes/gm)].map((row) =>
      Number(row[1]),
    );
    const last = (replies.at(-1) ?? 0) - cutAt;
    console.error(
      `power cut: last answer after ${Math.round(last * 1000)} ms, dead after ${Math.round(deadAfter * 1000)} ms`,
    );
    expect(replies.length).toBeGreaterThan(0);
    expect(last).toBeLessThan(0.25);
    expect(existsSync(`/run/netns/nha-${plan.id}-left`)).toBe(false);
    expect((await machineState(plan, left)).status).toBe("off");
    await boot(plan, left);
    expect((await sh(left, "cat /root/file")).stdout).toBe("kept\n");
    expect((await sh(left, "ip -4 addr show eth0")).stdout).not.toContain("198.18.255.1");
  });

  test("a clean shutdown lets services end, and the machine boots again", async () => {
    const script = `printf '[Service]\\nType=oneshot\\nRemainAfterExit=yes\\nExecStart=true\\nExecStop=touch /root/bye\\n'`;
    await sh(left, `${script} > /run/systemd/system/bye.service; systemctl start bye`);
    await cleanShutdown(plan, left);
    await boot(plan, left);
    expect((await sh(left, "ls /root/bye")).exitCode).toBe(0);
  });

  test("a replaced machine is empty, and has another host key, MAC address and machine id", async () => {
    const look = "cat /sys/class/net/eth0/address /etc/machine-id";
    const before = (await sh(left, look)).stdout.split("\n");
    const keyBefore = await hostPublicKey(plan, "left");
    await replaceMachine(plan, left);
    const after = (await sh(left, look)).stdout.split("\n");
    expect(after[0]).not.toBe(before[0]);
    expect(after[1]).not.toBe(before[1]);
    expect((await sh(left, "ls /root/file")).exitCode).toBe(2);
    const key = await hostPublicKey(plan, "left");
    expect(key).not.toBe(keyBefore);
    expect(readFileSync(knownHosts(plan), "utf8")).toContain(`${left.address} ${key}\n`);
    expect(await run([...sshCommand(plan, left.address), "hostname"])).toBe("left");
    expect(await pings(right, left)).toBe(true);
  });

  test("a lab whose processes were all killed is recognised, and started again with its files", async () => {
    await sh(right, "echo kept > /root/file");
    for (const machine of plan.machines) {
      const { directories } = await groupOf(plan, machine);
      await run(["sh", "-c", `find ${directories[0]} -name cgroup.procs -exec cat {} + | xargs kill -KILL`]);
    }
    expect((await findLab(input))?.state.status).toBe("broken");
    expect((await startLab(input)).slot).toBe(plan.slot);
    expect((await findLab(input))?.state.status).toBe("running");
    expect((await sh(right, "cat /root/file")).stdout).toBe("kept\n");
    expect(await pings(left, right)).toBe(true);
  });

  test("a lab whose network is gone is built anew around the machines' files", async () => {
    await run(["ip", "netns", "delete", `nha-${plan.id}-lan`]);
    expect((await findLab(input))?.state.status).toBe("broken");
    await startLab(input);
    expect((await sh(right, "cat /root/file")).stdout).toBe("kept\n");
    expect(await pings(left, right)).toBe(true);
  });

  test("stopping leaves nothing, even when half of it and the record are gone, and stopping again does no harm", async () => {
    expect((await traces(plan)).length).toBeGreaterThan(5);
    await run(["ip", "netns", "delete", `nha-${plan.id}-right`]);
    await rm(join(plan.directory, "lab.json"));
    await stopLab(input);
    expect(await traces(plan)).toEqual([]);
    expect(existsSync(join(clone, ".lab"))).toBe(false);
    if (alone && !existsSync(REGISTRY_DIRECTORY)) expect(forwarding()).toBe(forwardedBefore);
    await stopLab(input);
  });

  async function waitForReply(machine: MachinePlan): Promise<void> {
    await sh(right, `ping -q -c 1 -W 1 ${machine.address}; sleep 0.2`);
  }

  /** Packets of an IP protocol that the machine does not speak: field 8 of the kernel's IP counters. */
  async function unknownProtocols(machine: MachinePlan): Promise<number> {
    const { stdout } = await sh(machine, "grep '^Ip:' /proc/net/snmp | tail -n 1");
    return Number(stdout.split(" ")[7]);
  }
});

const keepalived = (from: MachinePlan, to: MachinePlan) => `vrrp_instance test {
  state MASTER
  interface eth0
  virtual_router_id 7
  advert_int 0.1
  version 3
  unicast_src_ip ${from.address}
  unicast_peer {
    ${to.address}
  }
  virtual_ipaddress {
    169.254.7.7/32 dev lo
  }
}
`;
