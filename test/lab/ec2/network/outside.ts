import { expect, test } from "vitest";
import { applyVpc } from "../../../../lab/ec2/network/router";
import { run } from "../../../../lab/host/run";
import { vpc } from "./running";

/** Tests of what is no machine of the VPC: its name server, addresses that nobody owns, and the host. */
export function outside(): void {
  const { ask } = vpc;

  test("the VPC's name server answers every machine, whatever its groups and routes", async () => {
    await applyVpc({ ...vpc.network, nameServer: "198.51.100.8" });
    const server = await vpc.serve("site", ["53"]);
    await expect.poll(() => ask("d", "10.0.0.2", 53)).toBe("site sees 169.254.255.254");
    expect(await ask("b", "169.254.169.253", 53)).toBe("site sees 169.254.255.254");
    server.kill();
  });

  test("a public address that nobody owns is rejected at once, from both sides", async () => {
    expect(await ask("client", "203.0.113.99")).toBe("refused");
    expect(await ask("client", "198.51.100.99")).toBe("refused");
    expect(await ask("a", "203.0.113.99")).toBe("refused");
    expect(await ask("a", "198.18.255.9")).toBe("refused");
  });

  test("goes up the uplink with an Elastic IP only, and the host reaches the public addresses", async () => {
    const host = vpc.network.uplink?.host ?? "";
    expect(await ask("a", host, 9)).toBe("refused");
    expect(await ask("b", host, 9)).toBe("silence");
    expect(await ask("client", host, 9)).toBe("refused");
    expect(await run(["bash", "-c", "exec 3<>/dev/tcp/203.0.113.10/80; head -n 1 <&3"])).toBe(
      `a sees ${host}`,
    );
  });
}
