import type { Running } from "../run";
import type { Remote } from "../ssh";

/** Seconds after the limit at which the node's own timer ends a handover that nobody ended. */
const LATER_S = 3;

/**
 * Puts the holder into FAULT by keepalived's track file `handover`, and out of it when it is told so, when its stdin
 * closes (we are gone), or when its time is over. 1 and 0 written back to back move nothing: 1 stays until the peer
 * is MASTER. The lock is that of every script that changes a node. A timer of systemd ends it when this very shell is
 * killed: nobody else would, and the node could not take the VIP any more.
 */
const script = `
file=/run/nginx-ha/track/handover
unit=nginx-ha-handover-end
exec 9>/run/nginx-ha.lock
flock --nonblock 9 || { echo busy; exit 3; }
disarm() { systemctl stop $unit.timer $unit.service 2>/dev/null; }
disarm
systemd-run --quiet --collect --unit=$unit --on-active="$2" --timer-property=AccuracySec=1s \\
  /bin/sh -c "echo 0 >$file" || exit 4
trap 'echo 0 >"$file"; disarm' EXIT
trap 'exit 1' HUP INT TERM PIPE
echo 1 >"$file" && echo "begun $EPOCHREALTIME"
read -r -t "$1" answer
echo 0 >"$file" && echo "ended $EPOCHREALTIME"
`;

/** A handover that was begun: `end` lets the old holder be BACKUP again. */
export interface Handover {
  /** When, in milliseconds since the epoch by the node's clock. */
  begunAt: number;
  /** Resolves when the node says that it is over. */
  end(): Promise<void>;
}

/**
 * Begins a handover on the holder.
 * @param limitS seconds after which the node ends it by itself
 * @throws Error with a sentence when the node does not take part
 */
export async function beginHandover(remote: Remote, limitS: number): Promise<Handover> {
  const argv = [script, "handover", `${limitS}`, `${Math.ceil(limitS) + LATER_S}`];
  const running = await remote.start(["bash", "-c", ...argv], limitS + 5);
  const begunAt = await begun(remote.name, running);
  return {
    begunAt,
    async end() {
      running.write("done\n");
      running.end();
      await running.done;
    },
  };
}

async function begun(name: string, running: Running): Promise<number> {
  const line = new Promise<string>((done) => running.lines(done));
  const failed = running.done.then(({ exitCode, stderr }) => stderr.trim() || `exit status ${exitCode}`);
  const said = await Promise.race([line, failed]);
  if (said.startsWith("begun ")) return Number(said.split(" ")[1]) * 1000;
  if (said === "busy") throw new Error(`another run is changing ${name} now; try again when it is done`);
  throw new Error(`${name} does not begin the handover: ${said}`);
}
