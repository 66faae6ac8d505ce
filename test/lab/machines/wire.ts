import { connect } from "node:net";
import { expect, test } from "vitest";
import { run } from "../../../lab/host/run";
import { waitFor } from "../../../lab/host/wait";
import { exec } from "../../../lab/machines/exec";
import { sshCommand } from "../../../lab/machines/keys";
import { deafen, healAll, partition, unplug } from "../../../lab/network/faults";
import type { MachinePlan } from "../../../lab/state/plan";
import { lab, pings, sh } from "./subject";

/** Tests of what the segment carries, and of faults in it. */
export function wire(): void {
  test("rejects a lab address that nobody owns at once, on the host and in a machine", async () => {
    const { plan, right } = lab();
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
    const { plan, left, right } = lab();
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
    const { plan, left, right } = lab();
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
    const { plan, left, right } = lab();
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
}

/** Packets of an IP protocol that the machine does not speak: field 8 of the kernel's IP counters. */
async function unknownProtocols(machine: MachinePlan): Promise<number> {
  const { stdout } = await sh(machine, "grep '^Ip:' /proc/net/snmp | tail -n 1");
  return Number(stdout.split(" ")[7]);
}

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
