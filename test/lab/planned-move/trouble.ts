import { expect, it } from "vitest";
import { nodeNames } from "../../../lab/pair/machines";
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
