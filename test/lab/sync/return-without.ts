import { describe, expect, it } from "vitest";
import { waitFor } from "../../../lab/host/wait";
import { pair } from "./subject";
import { alarmsOf, answerOf, gateOf, generationOf, publish, ready, untilSame, vrrpOf, write } from "./words";

/** The units are links into the release, which systemctl mask does not replace. */
const mask = (name: string, unit: string) =>
  pair.succeed(
    name,
    `systemctl stop ${unit}; ln -sfn /dev/null /etc/systemd/system/${unit}.service; systemctl daemon-reload; sync /etc/systemd/system`,
  );
const unmask = (name: string, unit: string) =>
  pair.sh(
    name,
    `ln -sfn /etc/nginx-ha/current/systemd/${unit}.service /etc/systemd/system/${unit}.service; systemctl daemon-reload; systemctl start ${unit}`,
  );

describe("a node that comes back", () => {
  it("alone and with an older generation serves after the wait, with an alarm, and takes the later one by itself", async () => {
    const { holder, standby } = await ready();
    await write(holder, "earlier");
    await publish(holder);
    await untilSame();
    await pair.power("cut", standby);
    await write(holder, "later");
    await publish(holder);
    const later = await generationOf(holder);
    await pair.power("cut", holder);
    await pair.power("restore", standby);
    await pair.untilHeldBy(standby);
    expect(await answerOf(standby)).toBe("earlier");
    await waitFor("the alarm", 10_000, async () => (await alarmsOf(standby)).includes("serving-unconfirmed"));
    expect(await gateOf(standby)).toContain("serving unconfirmed");
    await pair.power("restore", holder);
    await untilSame();
    await pair.untilHealthy();
    expect([await generationOf(standby), await answerOf(standby)]).toEqual([later, "later"]);
    expect(await pair.holder(), "the VIP stays").toBe(standby);
  });

  it("with its agent masked takes part in the election, and is up to date", async () => {
    const { holder, standby } = await ready();
    await mask(standby, "nginx-ha-agent");
    try {
      await pair.power("cut", standby);
      await write(holder, "masked");
      await publish(holder);
      await pair.power("restore", standby);
      await untilSame();
      await waitFor("BACKUP", 20_000, async () => (await vrrpOf(standby)) === "BACKUP");
      await pair.succeed(holder, "systemctl stop keepalived");
      await waitFor("MASTER", 20_000, async () => (await vrrpOf(standby)) === "MASTER");
      if (pair.asksApi) await unmask(standby, "nginx-ha-agent");
      await pair.untilHeldBy(standby);
      expect(await answerOf(standby)).toBe("masked");
    } finally {
      await pair.sh(holder, "systemctl start keepalived");
      await unmask(standby, "nginx-ha-agent");
    }
  });

  it("with its synchronisation masked takes part in the election when the wait is over", async () => {
    const { holder, standby } = await ready();
    await mask(standby, "nginx-ha-sync");
    try {
      await pair.power("cut", standby);
      await pair.power("restore", standby);
      await waitFor("BACKUP", 25_000, async () => (await vrrpOf(standby)) === "BACKUP");
      const { alarms } = await pair.agent(standby);
      expect(alarms.map(({ kind }) => kind)).toContain("sync");
      expect(await pair.holder()).toBe(holder);
    } finally {
      await unmask(standby, "nginx-ha-sync");
    }
    await untilSame();
  });
});
