import { z } from "zod";
import { beginLimit, endLimit } from "../../node/drain/limits";
import { drainDirectory, drainProgram, drainUnit } from "../../node/drain/names";
import { jsonOf } from "../json";
import type { Remote } from "../ssh";

/** What came of a drain, as the node that kept the connections tells it (agent/drain/status.ts). */
export const drainResult = z.object({
  connections: z.int().meta({ description: "Established connections when the VIP moved." }),
  ended: z.int().meta({ description: "How many of them ended by themselves." }),
  cut: z.int().meta({ description: "How many were left when the time was over." }),
  seconds: z.int().meta({ description: "How long it took." }),
  reason: z.string().meta({ description: "empty, time, back (the VIP came back) or stopped." }),
});
export type DrainResult = z.output<typeof drainResult>;

/** What a node tells while it drains. */
const drainProgress = z.object({ secondsLeft: z.number(), connections: z.number() });
type DrainProgress = z.output<typeof drainProgress>;

/** `off`: the stack wants none. Where somebody else is at it, the VIP must not move at all. */
export type Prepared = "ready" | "off" | { why: string } | { refusal: string };

/** Seconds that a holder has to be MASTER again: three adverts of the slowest profile, and a look. */
const BACK_S = 8;
/** The longest drain that a stack may ask for, and what a node takes beyond. */
const LONGEST_S = 3600 + 60;

type Role = "keep" | "detour";

/**
 * One that is there already is somebody else's: it is left alone. A detour on the node that has the VIP is what an
 * interrupted wait left of the last move, and leads to nobody: no drain is under way when the VIP moves again.
 */
const prepareScript = (role: Role): string => `
[ -e /etc/nginx-ha/current/drain.json ] || { echo off; exit 0; }
${role === "keep" ? `[ ! -e ${drainDirectory}/detour.json ] || systemctl --quiet stop ${drainUnit("detour")}` : ""}
exec ${drainProgram} begin ${role}
`;

const watchScript = `
goes_on() { case "$(systemctl is-active ${drainUnit("keep")})" in inactive | failed) false ;; esac; }
while [ -e ${drainDirectory}/keep.json ] && goes_on; do
  cat ${drainDirectory}/status.json 2>/dev/null || true
  read -r -t 1
  [ $? -gt 128 ] || exit
done
echo "over $(cat ${drainDirectory}/last.json 2>/dev/null)"
`;

/** A record that outlived its unit is taken back, too. */
const stopScript = (role: Role): string => `
[ -e ${drainDirectory}/${role}.json ] || exit 0
systemctl --quiet stop ${drainUnit(role)}
[ ! -e ${drainDirectory}/${role}.json ] || ${drainProgram} undo ${role}
${role === "keep" ? `cat ${drainDirectory}/last.json` : ""}
`;

/** As long as the holder is not MASTER again its part is not stopped: that would cut what it keeps. */
const abandonScript = `
for ((look = 0; look < ${BACK_S * 5}; look++)); do
  [ -e ${drainDirectory}/keep.json ] || exit 0
  if [ "$(/etc/nginx-ha/current/bin/vrrp-state)" = MASTER ] && ! grep -qs '"phase":"draining"' ${drainDirectory}/status.json; then
    systemctl --quiet stop ${drainUnit("keep")}
    exit
  fi
  sleep 0.2
done
echo drains
`;

/** Makes both nodes ready to move the VIP without cutting a connection off: first the one that takes it. */
export async function prepareDrain({ from, to }: { from: Remote; to: Remote }): Promise<Prepared> {
  const first = await prepareOn(to, "detour");
  if (first !== "ready") {
    // An answer that was lost may have been that it is ready.
    if (typeof first === "object" && "why" in first) await stop(to, "detour");
    return first;
  }
  const second = await prepareOn(from, "keep");
  if (typeof second === "object" && "why" in second) await stop(from, "keep");
  if (second !== "ready") await stop(to, "detour");
  return second;
}

/**
 * Takes back what was prepared for a move that did not come about, or was not seen to. Nothing is cut by that: where the old
 * node has not got the VIP back, both are left to themselves.
 * @returns whether the old node drains
 */
export async function abandonDrain({ from, to }: { from: Remote; to: Remote }): Promise<boolean> {
  const answer = await from.run(abandonScript, BACK_S + endLimit, { apart: true }).catch(() => undefined);
  if (answer?.stdout.trim() === "drains") return true;
  if (answer?.exitCode === 0) await stop(to, "detour");
  return false;
}

async function prepareOn(remote: Remote, role: Role): Promise<Prepared> {
  const { exitCode, stdout, stderr } = await remote
    .run(prepareScript(role), beginLimit, { apart: true })
    .catch((error: Error) => ({ exitCode: 255, stdout: "", stderr: error.message }));
  const said = stdout.trim();
  if (exitCode === 0 && (said === "ready" || said === "off")) return said;
  if (said === "busy")
    return {
      refusal: `another move was prepared on ${remote.name}; try again when it is over, 90 s from its beginning at most (--now ends it)`,
    };
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
    const all = await Promise.all(remotes.map((remote) => stop(remote, role)));
    for (const result of all) cut += result?.cut ?? 0;
  }
  return cut;
}

/** Ends a node's part, if it has one; whoever cannot be reached ends it by itself. */
async function stop(remote: Remote, role: Role): Promise<DrainResult | undefined> {
  const answer = await remote.run(stopScript(role), endLimit, { apart: true }).catch(() => undefined);
  return jsonOf(drainResult, answer?.stdout ?? "");
}

/** What came of it; `untold` when nobody could say, `interrupted` when nobody waited. */
export type Drained = DrainResult | "untold" | "interrupted";

/**
 * Waits until the old node has no connection left, or its time is over; then the new one sends nothing on any more. Whatever
 * becomes of us, each node goes on to its own limit.
 * @param tell how many are left, and for how long, about once a second
 */
export async function untilDrained(
  { from, to }: { from: Remote; to: Remote },
  tell: (progress: DrainProgress) => void,
  signal: AbortSignal,
): Promise<Drained> {
  let over = false;
  let result: DrainResult | undefined;
  const running = await from.start(["bash", "-c", watchScript], LONGEST_S);
  const leave = (): void => running.kill();
  signal.addEventListener("abort", leave, { once: true });
  running.lines((line) => {
    if (line.startsWith("over ")) {
      over = true;
      result = jsonOf(drainResult, line.slice("over ".length));
      return;
    }
    const progress = jsonOf(drainProgress, line);
    if (progress) tell(progress);
  });
  if (signal.aborted) leave();
  await running.done;
  signal.removeEventListener("abort", leave);
  if (signal.aborted) return "interrupted";
  // The way to a node that still has connections may be lost: they need the detour.
  if (over) await stop(to, "detour");
  return result ?? "untold";
}
