import { expect, test } from "vitest";
import { applyVpc } from "../../../../lab/ec2/network/router";
import { run } from "../../../../lab/host/run";
import { timed, vpc } from "./running";
import { configureMachines, withInterface } from "./subject";

/** Tests of network interfaces: their secondary addresses, their zone, their metadata address, their plug. */
export function interfaces(): void {
  const { ask, sh } = vpc;

  test("a secondary private address moves at once, and with it the Elastic IP", async () => {
    await sh("c", "ip addr add 10.0.1.100/32 dev eth0");
    const moved = withInterface(withInterface(vpc.network, "eni-a", { privateIps: ["10.0.1.11"] }), "eni-c", {
      privateIps: ["10.0.1.13", "10.0.1.100"],
    });
    const seen = await vpc.watch("a secondary address", "b", "10.0.1.100", moved);
    expect(seen.answered).toEqual(["a", "c"]);
    expect(seen.gapMs).toBeLessThan(150);
    expect(await ask("client", "203.0.113.10")).toBe("c sees 198.51.100.7");
    await sh("c", "ip addr del 10.0.1.100/32 dev eth0");
  });

  test("a lost zone is silent, within itself too, until it is found", async () => {
    await applyVpc({ ...vpc.network, lostZones: ["lab-1a"] });
    expect(await ask("b", "10.0.1.11")).toBe("silence");
    expect(await ask("a", "10.0.1.13")).toBe("silence");
    expect(await ask("client", "203.0.113.10")).toBe("silence");
    await applyVpc(vpc.network);
    expect(await ask("b", "10.0.1.11")).toBe("a sees 10.0.2.12");
  });

  test("each machine's metadata address is a port of its own, one hop away", async () => {
    await sh("vpc", "true");
    const service = await vpc.serve("vpc", ["8097", "8098"]);
    expect(await ask("a", "169.254.169.254")).toBe("vpc sees 10.0.1.11");
    expect(await ask("c", "169.254.169.254")).toBe("refused");
    expect(await ask("a", "169.254.169.254", 8098)).toBe("silence");
    await run(["ip", "netns", "add", INNER]);
    await sh("a", CONTAINER);
    expect(
      await sh("inner", `bash -c "timeout 1 bash -c '</dev/tcp/169.254.169.254/80' && echo answer"`),
    ).toBe("");
    await run(["ip", "netns", "delete", INNER]);
    service.kill();
  });

  test("what is unplugged is silent, and is back when it is plugged into a new namespace", async () => {
    const { network } = vpc;
    const { attachment } = network.interfaces.find((one) => one.id === "eni-c") ?? {};
    await timed("unplug", () => applyVpc(withInterface(network, "eni-c", { attachment: undefined })));
    expect(await ask("a", "10.0.1.13")).not.toContain("sees");
    expect(await run(["ip", "netns", "pids", attachment?.namespace ?? ""])).not.toBe("");
    await timed("plug", () => applyVpc(network));
    await configureMachines({
      ...network,
      interfaces: network.interfaces.filter((one) => one.id === "eni-c"),
    });
    expect(await ask("a", "10.0.1.13")).toBe("c sees 10.0.1.11");
  });
}

/** The namespace of a container, which a machine routes for. */
const INNER = `nha-${vpc.id}-inner`;
const CONTAINER = `ip link add inner type veth peer name eth0 netns ${INNER}
    ip addr add 172.31.0.1/24 dev inner; ip link set inner up
    ip -netns ${INNER} addr add 172.31.0.2/24 dev eth0
    ip -netns ${INNER} link set eth0 up
    ip -netns ${INNER} route add default via 172.31.0.1
    echo 1 > /proc/sys/net/ipv4/ip_forward
    nft add table ip masq; nft add chain ip masq out '{ type nat hook postrouting priority 100; }'
    nft add rule ip masq out ip saddr 172.31.0.0/24 masquerade`;
