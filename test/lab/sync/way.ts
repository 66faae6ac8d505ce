import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { waitFor } from "../../../lab/host/wait";
import { pair } from "./subject";
import { addressOf, ready, syncOf } from "./words";

describe("the way between the nodes", () => {
  it("takes one handshake, however long it is used", async () => {
    const { standby } = await ready();
    const logins = () =>
      pair.succeed(
        standby,
        "journalctl -u ssh -o cat --no-pager | grep -c 'Accepted publickey for nginx-ha' || true",
      );
    // Four looks at the interval of this test; the status of the lab logs in by itself, so nobody asks it meanwhile. What
    // an earlier test broke is connected once more.
    const steady = async (): Promise<boolean> => {
      const before = await logins();
      await sleep(8000);
      return (await logins()) === before;
    };
    await waitFor("8 s without a login of the synchronisation", 60_000, steady);
  });

  it("opens nothing but five questions", async () => {
    const { holder, standby } = await ready();
    const as = `ssh -F none -i /etc/nginx-ha/keys/sync -o BatchMode=yes -o UserKnownHostsFile=/etc/nginx-ha/current/sync/known_hosts nginx-ha@${await addressOf(standby)}`;
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
