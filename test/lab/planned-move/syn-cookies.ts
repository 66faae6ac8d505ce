import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { failures } from "../../../cli/probe/probes";
import { probeWhile } from "../../../lab/probe/probe";
import { beside } from "../beside";
import { peerOf } from "../pair/subject";
import { plannedMove } from "./hosts";
import { drainingBy } from "./while-draining";

const { pair } = plannedMove;

/** Below those that the kernel gives by itself. */
const PORT = "20003";
const ASKED_MS = 4000;

/** A node that takes the VIP must not send on what ends the beginning of its own connections. */
export function takesSynCookies(): void {
  it("a new node that keeps no record of connections that begin (SYN cookies) refuses nobody", async () => {
    await pair.untilHealthy();
    const from = await pair.holder();
    const to = peerOf(from);
    // 2: for every connection, and not only where too many begin at once (kernel: ip-sysctl).
    const setCookies = (value: 1 | 2): Promise<string> =>
      pair.succeed(to, `echo ${value} >/proc/sys/net/ipv4/tcp_syncookies`);
    const received = (): Promise<string> => pair.succeed(to, "nstat -asz TcpExtSyncookiesRecv | tail -1");
    const kept = await beside(pair.plan, "client", join(__dirname, "clients/port.ts"), pair.vip, PORT);
    const answers = async (text: string): Promise<void> => {
      kept.tell(text);
      expect(await kept.line(), "on the connection of the old node").toBe(text);
    };
    await kept.line();
    const told = await drainingBy(plannedMove, from, 0, plannedMove.switchover("--held", "0"), {
      work: async () => {
        await setCookies(2);
        for (const address of [pair.vip, pair.vip6]) {
          const before = await received();
          const probes = await probeWhile({ ...pair.throughVip(), address }, async () => {
            await answers("a");
            await sleep(ASKED_MS);
            await answers("b");
          });
          expect(probes.length).toBeGreaterThan(100);
          expect(failures(probes), address).toBe("");
          expect(await received(), "connections that began by a cookie").not.toBe(before);
        }
      },
      end: async () => {
        await kept.kill();
        await setCookies(1);
      },
    });
    expect(told).toMatchObject({ moved: true, from, drain: { cut: 0 } });
    await pair.untilHealthy();
  });
}
