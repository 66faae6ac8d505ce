import { expect } from "vitest";
import { ask } from "../../../lab/probe/ask";
import type { AwsSubject } from "./subject";

/** systemd-networkd takes addresses that it does not know when it starts, and may when a lease is renewed. */
export async function survivesItsNetwork(pair: AwsSubject): Promise<void> {
  const holder = await pair.holder();
  const restart = "systemctl restart systemd-networkd && sleep 3 && networkctl renew ens5 && sleep 2";
  await pair.succeed(holder, restart);
  await pair.untilHealthy();
  expect(await pair.holder()).toBe(holder);
  expect(await ask(pair.throughVip())).toContain('"backend"');
}
