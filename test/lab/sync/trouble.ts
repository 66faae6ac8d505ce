import { describe, expect, it } from "vitest";
import { waitFor } from "../../../lab/host/wait";
import { pair } from "./subject";
import { alarmsOf, answerOf, publish, publishNew, ready, untilSame, write } from "./words";

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
      expect(await publishNew(holder, "full")).toMatch(/on this node only: .*ENOSPC/);
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
      expect(await publishNew(holder, "read-only")).toMatch(/on this node only: .*EROFS/);
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
