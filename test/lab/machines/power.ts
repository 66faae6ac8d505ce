import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { run } from "../../../lab/host/run";
import { hostPublicKey, knownHosts, sshCommand } from "../../../lab/machines/keys";
import {
  boot,
  cleanShutdown,
  freeze,
  machineState,
  powerOff,
  replaceMachine,
  thaw,
} from "../../../lab/machines/machine";
import { lab, pings, sh } from "./subject";

/** Tests of machines that are frozen, switched off and replaced. */
export function power(): void {
  test("a frozen machine is silent until it is thawed, and loses nothing", async () => {
    const { plan, left } = lab();
    await sh(left, "echo $$ > /run/before");
    await freeze(plan, left);
    expect((await machineState(plan, left)).status).toBe("frozen");
    await expect(sh(left, "true", 300)).rejects.toThrow("not finished after 0.3 s");
    await thaw(plan, left);
    expect((await sh(left, "cat /run/before")).exitCode).toBe(0);
  });

  test("a power cut silences a machine within milliseconds, and its files are there after the next boot", async () => {
    const { plan, left, right } = lab();
    await sh(left, "echo kept > /root/file; ip addr add 198.18.255.1/32 dev eth0");
    const started = sh(right, `ping -D -i 0.005 -c 400 -W 1 ${left.address}`);
    await sh(right, `ping -q -c 1 -W 1 ${left.address}; sleep 0.2`);
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
    const { plan, left } = lab();
    const script = `printf '[Service]\\nType=oneshot\\nRemainAfterExit=yes\\nExecStart=true\\nExecStop=touch /root/bye\\n'`;
    await sh(left, `${script} > /run/systemd/system/bye.service; systemctl start bye`);
    await cleanShutdown(plan, left);
    await boot(plan, left);
    expect((await sh(left, "ls /root/bye")).exitCode).toBe(0);
  });

  test("a replaced machine is empty, and has another host key, MAC address and machine id", async () => {
    const { plan, left, right } = lab();
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
}
