import { expect, it } from "vitest";
import { nodeNames } from "../../../lab/pair/machines";
import { drainUnit } from "../../../node/drain/names";
import { peerOf } from "../pair/subject";
import { plannedMove } from "./hosts";

const { pair } = plannedMove;

/** The record of a part that changed nothing. */
const SOMEBODY_ELSES = JSON.stringify({ settings: { peer: {} }, sysctls: {} });

/** What a part that is not as it should be does to a move. */
export function tellsWhatIsLeft(): void {
  it("a part whose unit is gone is told by the status, and taken back as the runbook says", async () => {
    await pair.untilHealthy();
    const standby = peerOf(await pair.holder());
    const program = "node /etc/nginx-ha/current/bin/drain.js";
    const told = `# ${standby}: a drain (keep) was not taken back altogether`;
    try {
      await pair.succeed(standby, `${program} prepare keep`);
      const { stdout, exitCode } = await plannedMove.nginxHaAnswered("status");
      expect([stdout.includes(told), exitCode], stdout).toEqual([true, 1]);
      expect(await plannedMove.traces(standby)).not.toBe("");
    } finally {
      await pair.succeed(standby, `${program} undo keep`);
    }
    await plannedMove.untilNothingIsLeft(standby);
    await pair.untilHealthy();
  });

  it("a connection that a failover left on the node that takes the VIP is ended before", async () => {
    await pair.untilHealthy();
    const standby = peerOf(await pair.holder());
    const unit = drainUnit("detour");
    const left = `ss --no-header --tcp state established src ${pair.vip} | wc -l`;
    // With itself, so that nobody else has a part in it: both ends have the address.
    const connect = `ip address add ${pair.vip}/32 dev lo
      timeout 60 bash -c 'exec 3<>/dev/tcp/${pair.vip}/7000; sleep 60' >/dev/null 2>&1 &
      for each in $(seq 50); do [ "$(${left})" -ge 2 ] && break; sleep 0.1; done
      ip address del ${pair.vip}/32 dev lo`;
    await pair.succeed(standby, connect);
    expect(await pair.succeed(standby, left)).toBe("2");
    try {
      await pair.succeed(standby, `systemctl start ${unit}`);
      expect(await pair.succeed(standby, left)).toBe("0");
    } finally {
      await pair.succeed(standby, `systemctl stop ${unit}`);
    }
    await plannedMove.untilNothingIsLeft(standby);
  });

  it("a node that cannot keep connections moves the VIP all the same, and says why", async () => {
    await pair.untilHealthy();
    const from = await pair.holder();
    const standby = peerOf(from);
    await pair.succeed(standby, `echo '${SOMEBODY_ELSES}' >/run/nginx-ha/drain/keep.json`);
    try {
      const { stdout, exitCode } = await plannedMove.nginxHaAnswered("switchover", "--yes");
      expect(stdout).toContain(
        `# ${standby} cannot keep established connections: ${standby} has its part of another drain (keep), which is not over; they are cut`,
      );
      expect(exitCode).toBe(0);
    } finally {
      await pair.succeed(standby, "rm -f /run/nginx-ha/drain/keep.json");
    }
    expect(await pair.holder()).toBe(standby);
    for (const name of nodeNames) await plannedMove.untilNothingIsLeft(name);
  });
}
