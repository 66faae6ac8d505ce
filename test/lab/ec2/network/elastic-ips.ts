import { expect, test } from "vitest";
import { applyVpc } from "../../../../lab/ec2/network/router";
import type { VpcNetwork } from "../../../../lab/ec2/network/vpc";
import { vpc } from "./running";

/** Tests of Elastic IPs, and of what has none. */
export function elasticIps(): void {
  const { ask, sh } = vpc;

  test("an Elastic IP is translated both ways, and moves at once", async () => {
    expect(await ask("client", "203.0.113.10")).toBe("a sees 198.51.100.7");
    expect(await ask("a", "198.51.100.8")).toBe("site sees 203.0.113.11");
    expect(await ask("a", "203.0.113.10")).toBe("a sees 203.0.113.11");
    const moved = withElasticIp("10.0.2.100");
    const seen = await vpc.watch("an Elastic IP", "client", "203.0.113.10", moved);
    expect(seen.answered).toEqual(["a", "b"]);
    expect(seen.failed).toBeLessThan(10);
    expect(seen.gapMs).toBeLessThan(150);
  });

  test("a connection through an Elastic IP dies with its move, and new ones go to the new machine", async () => {
    const { said } = await vpc.talk("client", "203.0.113.10");
    await applyVpc(withElasticIp("10.0.2.100"));
    await expect.poll(() => said.join("")).toContain("ECONNRESET");
    expect(await ask("client", "203.0.113.10")).toBe("b sees 198.51.100.7");
  });

  test("without an Elastic IP there is no way in and none out, except through a NAT", async () => {
    const before = await packets("site");
    expect(await ask("b", "198.51.100.8")).toBe("silence");
    expect(await packets("site")).toBe(before);
    expect(await ask("internet", "10.0.2.12")).not.toContain("sees");
    await sh("internet", "ip route add 10.0.0.0/16 via 169.254.255.254");
    expect(await ask("internet", "10.0.2.12")).toBe("silence");
    await sh("internet", "ip route del 10.0.0.0/16");
    expect(await ask("d", "198.51.100.8")).toBe("silence");
    await applyVpc(withNat());
    expect(await ask("d", "198.51.100.8")).toBe("site sees 203.0.113.50");
    expect(await ask("d", "198.51.100.8", 81)).toBe("silence");
    expect(await ask("client", "203.0.113.50")).toBe("silence");
  });
}

function withElasticIp(privateIp: string): VpcNetwork {
  const { network } = vpc;
  return {
    ...network,
    elasticIps: [{ publicIp: "203.0.113.10", privateIp }, ...network.elasticIps.slice(1)],
  };
}

function withNat(): VpcNetwork {
  const { network } = vpc;
  const [one, two, last] = network.subnets as [
    VpcNetwork["subnets"][0],
    VpcNetwork["subnets"][0],
    VpcNetwork["subnets"][0],
  ];
  const nat = { destination: "0.0.0.0/0", target: { nat: "203.0.113.50" } };
  return { ...network, subnets: [one, two, { ...last, routes: [...last.routes, nat] }] };
}

/** IPv4 packets that arrived in a namespace: field 3 of the kernel's IP counters. */
async function packets(where: string): Promise<number> {
  return Number((await vpc.sh(where, "grep '^Ip:' /proc/net/snmp | tail -n 1")).split(" ")[3]);
}
