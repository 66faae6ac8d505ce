import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import Table from "cli-table3";
import { exitCodes } from "../cli/commands/status";
import { attempt, run } from "../lab/host/run";
import { sshCommand } from "../lab/machines/keys";
import { powerOff } from "../lab/machines/machine";
import { nodeNames } from "../lab/pair/machines";
import { stackName } from "../lab/pair/stack";
import { readStatus } from "../lab/pair/status";
import { machineNamed } from "../lab/state/plan";
import { packCommandLine } from "../tools/command-line";
import { median, spread } from "./figures";
import { settled, withPair } from "./pair";
import { report, runBench } from "./run";

/**
 * How long `nginx-ha status` takes as it is installed: with the pair told by Pulumi and by a file, and with a dead node. Beside
 * it what is done without it: Pulumi asked for the outputs, then one login after the other.
 */
const TURNS = 10;
/** Seconds that each status may take at the median. */
const REACH_S = 2;

const main = (): Promise<void> =>
  withPair("bench-status", async ({ plan, pulumi }) => {
    const env = pulumi.env as Record<string, string>;
    const cwd = plan.directory;
    const program = join(cwd, "cli");
    packCommandLine(program);
    const outputs = ["pulumi", "--non-interactive", "stack", "output", "--json", "--show-secrets"];
    const asked = [...outputs, "inventory", "--stack", stackName];
    const file = join(cwd, "inventory.json");
    await writeFile(file, await run(asked, { cwd, env }), { mode: 0o600 });
    const status = (pair: string[], healthy: boolean) => async (): Promise<void> => {
      const argv = [process.execPath, join(program, "main.js"), "status", ...pair];
      const { exitCode, stdout, stderr } = await attempt(argv, { cwd, env });
      const expected = healthy ? exitCodes.healthy : exitCodes.degraded;
      if (exitCode !== expected) throw new Error(`status: exit ${exitCode}\n${stdout}${stderr}`);
    };
    const byHand = async (): Promise<void> => {
      await run(asked, { cwd, env });
      const look = ["systemctl is-active nginx keepalived; ip address show"];
      for (const name of nodeNames)
        await run([...sshCommand(plan, machineNamed(plan, name).address), ...look]);
    };

    await settled(() => readStatus(plan));
    const rows: [string, number[]][] = [
      ["nginx-ha status, pair by Pulumi", await timed(status(["-s", stackName], true))],
      ["nginx-ha status, pair by a file", await timed(status(["-i", file], true))],
      ["by hand: Pulumi, then ssh, ssh", await timed(byHand)],
    ];
    await powerOff(plan, machineNamed(plan, "nginx-b"));
    rows.push(["nginx-ha status, one node dead", await timed(status(["-s", stackName], false))]);
    console.log(table(rows));
    const late = rows.some(([what, seconds]) => what.startsWith("nginx-ha") && median(seconds) > REACH_S);
    if (late) process.exitCode = 1;
  });

async function timed(work: () => Promise<void>): Promise<number[]> {
  const seconds: number[] = [];
  await work();
  for (let turn = 0; turn < TURNS; turn++) {
    const start = performance.now();
    await work();
    seconds.push((performance.now() - start) / 1000);
    report(`${seconds.at(-1)?.toFixed(2)} s`);
  }
  return seconds;
}

function table(rows: [string, number[]][]): string {
  const shown = new Table({ head: ["", "seconds"], style: { head: [], border: [] } });
  for (const [what, seconds] of rows) shown.push([what, spread(seconds, 2)]);
  return `${shown.toString()}\nMedian (from–to, n). Reach: each status ≤ ${REACH_S} s. Everything on one machine.`;
}

runBench(main);
