import { describe, expect, it } from "vitest";
import { waitFor } from "../../../lab/host/wait";
import { partition } from "../../../lab/network/faults";
import { nodeNames } from "../../../lab/pair/machines";
import { pair, peerOf } from "../pair/subject";
import { alarmsOf, answerOf, generationOf, publish, sleep, syncOf, untilSame, write } from "./words";

const ready = async () => {
  await pair.untilHealthy();
  await untilSame();
  const holder = await pair.holder();
  return { holder, standby: peerOf(holder) };
};

/** A node that boots says what it said of the gate. */
const gateOf = (name: string) => pair.succeed(name, "journalctl -b -u nginx-ha-gate -o cat --no-pager");

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
  it("after three publications has the last one before it takes part in the election", async () => {
    const { holder, standby } = await ready();
    await pair.power("cut", standby);
    for (const text of ["one", "two", "three"]) {
      await write(holder, text);
      expect(await publish(holder)).toMatch(/on this node only/);
    }
    await pair.power("restore", standby);
    await waitFor("the gate to open", 30_000, async () =>
      (await pair.sh(standby, "cat /run/nginx-ha/track/sync")).stdout.startsWith("0"),
    );
    expect(await answerOf(standby)).toBe("three");
    expect(await gateOf(standby)).toContain(`${standby} has what the peer has`);
    await untilSame();
    await pair.untilHealthy();
    expect(await pair.holder(), "it returns as standby").toBe(holder);
  });

  it("is standby at once when both boot together", async () => {
    await ready();
    for (const name of nodeNames) await pair.power("cut", name);
    await Promise.all(nodeNames.map((name) => pair.power("restore", name)));
    await pair.untilHealthy();
    await untilSame();
    for (const name of nodeNames) expect(await gateOf(name)).toContain("has what the peer has");
  });

  it("alone and with an older generation serves after the wait, with an alarm, and takes the later one by itself", async () => {
    const { holder, standby } = await ready();
    await pair.power("cut", standby);
    await write(holder, "later");
    await publish(holder);
    const later = await generationOf(holder);
    await pair.power("cut", holder);
    await pair.power("restore", standby);
    await pair.untilHeldBy(standby);
    expect(await answerOf(standby)).toBe("three");
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
      await waitFor("BACKUP", 20_000, async () => (await pair.reports())[standby]?.VRRP === "BACKUP");
      await pair.succeed(holder, "systemctl stop keepalived");
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
      await waitFor("BACKUP", 25_000, async () => (await pair.reports())[standby]?.VRRP === "BACKUP");
      const { alarms } = await pair.agent(standby);
      expect(alarms.map(({ kind }) => kind)).toContain("sync");
      expect(await pair.holder()).toBe(holder);
    } finally {
      await unmask(standby, "nginx-ha-sync");
    }
    await untilSame();
  });
});

describe("publications on both sides of a partition", () => {
  it("end with the MASTER's; the other one's are kept, and alarmed until somebody removes them", async () => {
    await ready();
    const cut = await partition(pair.plan, ["nginx-a"], ["nginx-b"]);
    let lost: string | undefined;
    try {
      const both = async () =>
        (
          await Promise.all(
            nodeNames.map((name) => pair.succeed(name, "/etc/nginx-ha/current/bin/vrrp-state")),
          )
        ).every((state) => state === "MASTER");
      await waitFor("two MASTERs", 20_000, both, 100);
      for (const name of nodeNames) {
        await write(name, `by ${name}`);
        await pair.sh(name, "nginx-ha publish");
      }
      lost = await generationOf("nginx-b");
    } finally {
      await cut.undo();
    }
    await untilSame(["conflict"], 90_000);
    await pair.untilHealthy();
    // A healed partition goes to the higher priority.
    expect(await pair.holder()).toBe("nginx-a");
    expect([await answerOf("nginx-a"), await answerOf("nginx-b")]).toEqual(["by nginx-a", "by nginx-a"]);
    // It is told by the next look at the peer, not by the switch.
    const alarmed = async () => (await alarmsOf("nginx-b")).includes("conflict");
    await waitFor("the alarm", 10_000, alarmed, 200);
    expect(await pair.succeed("nginx-b", "ls /etc/nginx-ha/conflicts")).toBe(lost);
    await pair.succeed("nginx-b", "rm -r /etc/nginx-ha/conflicts/* /etc/nginx-ha/drift/* 2>/dev/null; true");
    await untilSame();
  });
});

describe("trouble on the standby", () => {
  const during = async (
    on: string,
    off: string,
    work: (holder: string, standby: string) => Promise<void>,
  ): Promise<void> => {
    const { holder, standby } = await ready();
    await pair.succeed(standby, on);
    try {
      await work(holder, standby);
    } finally {
      await pair.succeed(standby, off);
    }
    await untilSame();
    expect(await answerOf(standby)).toBe(await answerOf(holder));
  };

  it("a full disk holds up no publication, and heals by itself", async () => {
    const full = `mkdir -p /run/full && mount -t tmpfs -o size=8m none /run/full && cp -a /etc/nginx-ha/. /run/full/ &&
      mount --bind /run/full /etc/nginx-ha && head -c 20M /dev/zero >/etc/nginx-ha/fill; true`;
    const free = "rm -f /etc/nginx-ha/fill; true";
    await during(full, free, async (holder, standby) => {
      await write(holder, "full");
      expect(await publish(holder)).toMatch(/on this node only: .*ENOSPC/);
      await waitFor("the alarm", 10_000, async () => (await alarmsOf(standby)).includes("storage"));
      expect((await pair.curl()).startsWith("{")).toBe(true);
    });
    const { standby } = await ready();
    await pair.succeed(
      standby,
      "umount /etc/nginx-ha && rm -rf /etc/nginx-ha/* && cp -a /run/full/. /etc/nginx-ha/ && umount /run/full && systemctl restart nginx-ha-sync",
    );
    await untilSame();
  });

  it("a read-only file system holds up no publication, and heals by itself", async () => {
    // The file system itself: what a mount alone allows is not passed on to the unit's own namespace.
    const only = `mkdir -p /run/only && mount -t tmpfs none /run/only && cp -a /etc/nginx-ha/. /run/only/ &&
      mount -o remount,ro /run/only && mount --bind /run/only /etc/nginx-ha`;
    await during(only, "umount /etc/nginx-ha && umount /run/only", async (holder) => {
      await write(holder, "read-only");
      expect(await publish(holder)).toMatch(/on this node only: .*EROFS/);
    });
  });

  it("a clock that is an hour off changes nothing", async () => {
    const dropIn = "/etc/systemd/system/nginx-ha-sync.service.d/clock.conf";
    const late = `printf 'const now = Date.now; Date.now = () => now() - 3600000;' >/etc/late.js; mkdir -p $(dirname ${dropIn});
      printf '[Service]\\nEnvironment=NODE_OPTIONS=--require=/etc/late.js\\n' >${dropIn}; systemctl daemon-reload; systemctl restart nginx-ha-sync`;
    const back = `rm ${dropIn} /etc/late.js; systemctl daemon-reload; systemctl restart nginx-ha-sync`;
    await during(late, back, async (holder, standby) => {
      await untilSame();
      await write(holder, "late");
      // The connection to the one that was started again may end with this.
      await publish(holder);
      await untilSame();
      expect(await answerOf(standby)).toBe("late");
    });
  });
});

describe("the way between the nodes", () => {
  it("takes one handshake, however long it is used", async () => {
    const { standby } = await ready();
    const logins = () =>
      pair.succeed(
        standby,
        "journalctl -u ssh -o cat --no-pager | grep -c 'Accepted publickey for nginx-ha' || true",
      );
    const before = await logins();
    // Four looks at the interval of this test; the status of the lab logs in by itself, so nobody asks it meanwhile.
    await sleep(8000);
    expect(await logins()).toBe(before);
  });

  it("opens nothing but four questions", async () => {
    const { holder, standby } = await ready();
    const as = `ssh -F none -i /etc/nginx-ha/keys/sync -o BatchMode=yes -o UserKnownHostsFile=/etc/nginx-ha/current/sync/known_hosts nginx-ha@${pair.machine(standby).address}`;
    const ask = (line: string) =>
      pair.succeed(holder, `(printf '%s\\n' '${line}'; sleep 1) | timeout 5 ${as} sync`);
    expect(await ask('{"stream":"configuration","verb":"publish","length":0,"number":1}')).toContain(
      '"refused":"no such question"',
    );
    expect(await ask('{"stream":"configuration","verb":"fetch","id":"../../../etc","length":0}')).toContain(
      "no id of a generation",
    );
    expect(await ask("hello")).toBe("");
    const other = await pair.sh(holder, `${as} 'sync; id'`);
    expect(other.stdout).toMatch(/^CONFIG=/);
    expect((await syncOf(standby)).alarms).toEqual([]);
    const private_ =
      "setpriv --reuid nginx-ha --clear-groups curl -s --unix-socket /run/nginx-ha-sync/control.sock http://sync/status";
    expect((await pair.sh(standby, private_)).exitCode, "root's socket is root's").not.toBe(0);
  });
});
