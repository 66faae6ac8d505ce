import { expect, it } from "vitest";
import { failures } from "../../../cli/probe/probes";
import { type NodeName, nodeNames } from "../../../lab/pair/machines";
import { probeWhile } from "../../../lab/probe/probe";
import { peerOf } from "../pair/subject";
import { plannedMove } from "./hosts";

const { pair } = plannedMove;

/** The IPv6 address goes where the VIP goes. */
export function movesByIpv6(): void {
  it("by IPv6 a planned move refuses nobody, and a failover takes the address along", async () => {
    await pair.untilHealthy();
    const target = { ...pair.throughVip(), address: pair.vip6 };
    const moved = await probeWhile(target, () => plannedMove.switchover("--held", "0"));
    expect(moved.length).toBeGreaterThan(100);
    expect(failures(moved)).toBe("");
    await pair.untilHealthy();
    const from = await pair.holder();
    expect(await pair.succeed(from, "ip -6 -oneline address show dev eth0")).toContain(` ${pair.vip6}/128 `);
    const failedOver = await probeWhile(target, async () => {
      await pair.succeed(from, "pkill -KILL nginx");
      await pair.untilHeldBy(peerOf(from));
    });
    expect(failedOver.at(-1), "the last one").toMatchObject({ status: 200 });
    expect(await pair.succeed(from, "ip -6 -oneline address show")).not.toContain(` ${pair.vip6}/`);
    await pair.untilHealthy();
  });

  it("the IPv6 address comes and goes while the pair serves; a machine that has it already is refused", async () => {
    await pair.untilHealthy();
    const holder = await pair.holder();
    const standby = peerOf(holder);
    const has = (name: NodeName): Promise<string> =>
      pair.succeed(name, `ip -6 -oneline address show | grep -cF ' ${pair.vip6}/' || true`);
    const probes = await probeWhile(
      pair.throughVip(),
      async () => {
        await pair.withoutIpv6(() => pair.mustUp());
        expect([await has(holder), await has(standby)]).toEqual(["0", "0"]);
        expect(await pair.succeed(holder, "ss --no-header --listening --tcp --ipv6 sport = :80")).toBe("");
        await pair.succeed(standby, `ip -6 address add ${pair.vip6}/128 dev eth0 nodad`);
        const { exitCode, text } = await pair.up();
        expect(exitCode).not.toBe(0);
        expect(text).toContain(
          `already has the VIP ${pair.vip6}, and keepalived must be the one that adds it`,
        );
        expect(await has(holder), "nothing was changed").toBe("0");
        await pair.succeed(standby, `ip -6 address del ${pair.vip6}/128 dev eth0`);
        await pair.mustUp();
      },
      { limitS: 240 },
    );
    expect(failures(probes)).toBe("");
    expect(await pair.holder()).toBe(holder);
    expect([await has(holder), await has(standby)]).toEqual(["1", "0"]);
    await pair.untilHealthy();
  });

  it("loses the IPv6 address to somebody's hand: one node has both again", async () => {
    await pair.untilHealthy();
    await pair.succeed(await pair.holder(), `ip -6 address del ${pair.vip6}/128 dev eth0`);
    await pair.untilHealthy();
    const holder = await pair.holder();
    for (const name of nodeNames) {
      const addresses = await pair.succeed(name, "ip -oneline address show dev eth0");
      for (const vip of [`${pair.vip}/32`, `${pair.vip6}/128`])
        expect(addresses.includes(` ${vip} `), `${vip} on ${name}`).toBe(name === holder);
    }
  });
}
