import { z } from "zod";
import type { Remote } from "../ssh";

/** What came of a drain, as the node that kept the connections tells it (agent/drain/status.ts). */
const drainResult = z.object({
  reason: z.string(),
  seconds: z.number(),
  connections: z.number(),
  ended: z.number(),
  cut: z.number(),
});
export type DrainResult = z.output<typeof drainResult>;

/** What a node tells while it drains. */
const drainProgress = z.object({ secondsLeft: z.number(), connections: z.number() });
export type DrainProgress = z.output<typeof drainProgress>;

/** `off`: the stack wants none. */
export type Prepared = "ready" | "off" | { why: string };

const PREPARE_S = 20;
const STOP_S = 30;
/** The longest drain that a stack may ask for, and what a node takes beyond. */
const LONGEST_S = 3600 + 60;

type Role = "keep" | "detour";
const unit = (role: Role): string => `nginx-ha-drain@${role}.service`;
const DIRECTORY = "/run/nginx-ha/drain";

/** A drain that somebody left prepared begins anew; one that is under way was refused before. */
const prepareScript = (role: Role): string => `
[ -e /etc/nginx-ha/current/drain.json ] || { echo off; exit 0; }
systemctl --quiet restart ${unit(role)} 2>/dev/null && echo ready && exit 0
journalctl --quiet --no-pager --output cat --since -20s --unit ${unit(role)} |
  sed -n 's/^failed reason="\\{0,1\\}\\(.*[^"]\\)"\\{0,1\\}$/\\1/p' | tail -n 1
exit 1
`;

const watchScript = `
while [ -e ${DIRECTORY}/keep.json ]; do
  cat ${DIRECTORY}/status.json 2>/dev/null || true
  read -r -t 1
  [ $? -gt 128 ] || exit
done
echo "over $(cat ${DIRECTORY}/last.json 2>/dev/null)"
`;

/** Makes both nodes ready to move the VIP without cutting a connection off: first the one that takes it. */
export async function prepareDrain({ from, to }: { from: Remote; to: Remote }): Promise<Prepared> {
  for (const [remote, role] of [
    [to, "detour"],
    [from, "keep"],
  ] as const) {
    const prepared = await prepareOn(remote, role);
    if (prepared === "ready") continue;
    await stopDrain([from, to]);
    return prepared;
  }
  return "ready";
}

async function prepareOn(remote: Remote, role: Role): Promise<Prepared> {
  const { exitCode, stdout, stderr } = await remote.run(prepareScript(role), PREPARE_S);
  const said = stdout.trim();
  if (exitCode === 0 && (said === "ready" || said === "off")) return said;
  const reason = said || stderr.trim().split("\n").at(-1) || `exit status ${exitCode}`;
  return { why: `${remote.name} cannot keep established connections: ${reason}` };
}

/**
 * Ends whatever drain there is, on the node with the connections first: what is left of them is cut.
 * @returns how many were cut
 */
export async function stopDrain(remotes: readonly Remote[]): Promise<number> {
  let cut = 0;
  for (const role of ["keep", "detour"] as const) {
    const stop = `[ -e ${DIRECTORY}/${role}.json ] || exit 0; systemctl --quiet stop ${unit(role)}; cat ${DIRECTORY}/last.json`;
    const all = await Promise.all(remotes.map((remote) => remote.run(stop, STOP_S).catch(() => undefined)));
    for (const answer of all) cut += resultIn(answer?.stdout ?? "")?.cut ?? 0;
  }
  return cut;
}

/**
 * Waits until the old node has no connection left, or its time is over; then the new one sends nothing on any more.
 * @param tell how many are left, and for how long, about once a second
 * @returns nothing when the node could not tell
 */
export async function untilDrained(
  { from, to }: { from: Remote; to: Remote },
  tell: (progress: DrainProgress) => void,
): Promise<DrainResult | undefined> {
  let result: DrainResult | undefined;
  const running = await from.start(["bash", "-c", watchScript], LONGEST_S);
  running.lines((line) => {
    if (line.startsWith("over ")) result = resultIn(line.slice("over ".length));
    else {
      const progress = read(drainProgress, line);
      if (progress) tell(progress);
    }
  });
  await running.done;
  await stopDrain([to]);
  return result;
}

const resultIn = (text: string): DrainResult | undefined => read(drainResult, text);

function read<T>(schema: z.ZodType<T>, text: string): T | undefined {
  try {
    return schema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
