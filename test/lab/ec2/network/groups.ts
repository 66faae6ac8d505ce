import { expect, test } from "vitest";
import { applyVpc } from "../../../../lab/ec2/network/router";
import { vpc } from "./running";

/** Tests of security groups. */
export function securityGroups(): void {
  const { ask, sh } = vpc;

  test("carries what security groups allow, by range and by group, and nothing else", async () => {
    expect(await ask("a", "10.0.2.12")).toBe("b sees 10.0.1.11");
    expect(await ask("a", "10.0.1.13")).toBe("c sees 10.0.1.11");
    expect(await ask("a", "10.0.3.21")).toBe("d sees 10.0.1.11");
    expect(await ask("d", "10.0.1.11", 81)).toBe("silence");
    expect(await ask("a", "10.0.3.21", 81)).toBe("silence");
    expect(await ask("d", "10.0.1.11")).toBe("a sees 10.0.3.21");
    expect(await sh("a", "ping -q -c 2 -i 0.01 -W 1 10.0.2.12")).toContain(" 0% packet loss");
    expect(await sh("d", "ping -q -c 2 -i 0.01 -W 1 10.0.1.11")).toContain("100% packet loss");
  });

  test("a group that changes decides about new connections, and leaves those that are there", async () => {
    const { said, end } = await vpc.talk("a", "10.0.2.12");
    await applyVpc({
      ...vpc.network,
      securityGroups: vpc.network.securityGroups.map((one) => ({ ...one, ingress: [] })),
    });
    const count = said.length;
    await expect.poll(() => said.length).toBeGreaterThan(count + 3);
    expect(await ask("a", "10.0.2.12")).toBe("silence");
    end();
  });

  test("protocol 112 arrives with the TTL with which it was sent, from the peer's group alone", async () => {
    expect(await vrrp("a", "b", "10.0.2.12")).toBe("10.0.1.11 255");
    expect(await vrrp("a", "c", "10.0.1.13")).toBe("10.0.1.11 255");
    expect(await vrrp("d", "b", "10.0.2.12")).toBe("");
    expect(await vrrp("a", "c", "224.0.0.18")).toBe("");
    expect(await vrrp("a", "c", "10.0.1.255")).toBe("");
  });
}

/** One VRRP-like packet with TTL 255: what the listener sees of it. */
async function vrrp(from: string, to: string, address: string): Promise<string> {
  const listen = vpc.sh(to, `timeout 1 perl -e '${LISTEN}'`);
  await new Promise((resolve) => setTimeout(resolve, 200));
  await vpc.sh(from, `perl -e '${SEND}' ${address}`);
  return listen;
}

const LISTEN = `use Socket; socket(S, AF_INET, SOCK_RAW, 112); recv(S, $p, 100, 0);
  my @h = unpack("C8xxx xC4", $p); @h = unpack("C20", $p); print join(".", @h[12..15]), " ", $h[8]`;

const SEND = `use Socket; socket(S, AF_INET, SOCK_RAW, 112); setsockopt(S, 0, 2, pack("i", 255));
  setsockopt(S, SOL_SOCKET, SO_BROADCAST, 1); setsockopt(S, 0, 33, pack("i", 255));
  send(S, "hello", 0, pack_sockaddr_in(0, inet_aton($ARGV[0])))`;
