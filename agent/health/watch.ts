import { availableParallelism } from "node:os";
import { log } from "../log";
import { put } from "../put";
import type { NodeState } from "../status/node-state";
import { judge, newHealth, type Verdict } from "./judge";
import type { Peer } from "./peer";
import { answers, type Probed } from "./probe";
import { allClear, isClear } from "./tracks";
import { formatWord } from "./word";

export interface Watched {
  nginx: Probed;
  /** Looks whether nginx serves another generation than before: then its port may be another. */
  look(): void;
  peer: Peer;
  /** MASTER, BACKUP, FAULT, or `-`. */
  vrrp(): string;
  /** Told what `vrrp` said, once a second and after every change that keepalived told of. */
  seen(role: string): void;
  state: NodeState;
  /** The file that keepalived watches for this. */
  trackFile: string;
  /** The directory of all such files. */
  tracks: string;
  /** What the peer reads, over nginx. */
  wordFile: string;
}

const PROBE_MS = 250;
const DEADLINE_MS = 400;
const PEER_MS = 1000;

/** Probes the local nginx, tells the peer, listens to the peer: forever. `refresh` is for when keepalived has changed. */
export function watchHealth({ nginx, look, peer, vrrp, seen, state, trackFile, tracks, wordFile }: Watched) {
  let health = newHealth();
  let sequence = 0;
  let ticks = 0;
  let role = "-";
  let clear = false;

  const round = async (connections: number): Promise<void> => {
    const { port } = nginx;
    const answered = await answers(nginx, connections, DEADLINE_MS);
    if (!answered) look();
    // It was asked where it is no more; whoever looked first, this round says nothing.
    if (!answered && nginx.port !== port) return;
    // Its unit has told keepalived already: that is no hang.
    if (!answered && !isClear(`${tracks}/nginx`)) {
      health = { ...health, failures: 0, successes: 0 };
      state.probe = { answers: "no", failures: 0, fault: health.fault };
      return;
    }
    const around = {
      now: performance.now(),
      master: role === "MASTER",
      peerEligibleAt: peer.eligibleAt,
      peerFaultAt: peer.faultAt,
    };
    const [next, verdict] = judge(health, answered, around);
    health = next;
    act(verdict);
    state.probe = { answers: answered ? "yes" : "no", failures: health.failures, fault: health.fault };
  };

  function act(verdict: Verdict): void {
    if (verdict === "fault" || verdict === "clear") {
      if (verdict === "fault") state.hangFoundMs = Math.round(performance.now() - health.failingSince);
      put(trackFile, verdict === "fault" ? "1\n" : "0\n");
      log(verdict === "fault" ? "nginx hangs: out of the election" : "nginx answers again");
    }
    if (verdict === "hold") {
      if (!state.alarms.some(({ kind }) => kind === "hang")) log("alarm", { kind: "hang", reason: HOLD });
      state.hang(HOLD);
    } else if (health.failures === 0 && !health.fault) {
      if (state.probeAlarm) log("alarm over", { kind: "hang" });
      state.hang(undefined);
    } else if (health.fault) state.hang("nginx hangs: the node takes no part in the election");
  }

  const tell = (): void => {
    const eligible = role === "BACKUP" && health.failures === 0 && !health.fault && clear;
    const faultAge = Number.isFinite(health.faultAt)
      ? Math.round((performance.now() - health.faultAt) / 1000)
      : undefined;
    put(wordFile, formatWord({ sequence: sequence++, vrrp: role, eligible, faultAge }));
  };

  // What an earlier agent found is not known to be so any more.
  put(trackFile, "0\n");
  const refresh = (): void => {
    look();
    role = vrrp();
    seen(role);
    clear = allClear(tracks);
  };
  // As long as all is well, one connection reaches one worker or another; at the first failure all of them are asked.
  setInterval(() => {
    const every = (count: number): boolean => ticks % count === 0;
    if (every(4)) refresh();
    void round(health.failures > 0 || health.fault ? EVERY_WORKER : 1);
    if (every(2)) tell();
    // The peer's word counts when something is wrong here; until then it is for the status.
    if (every(role === "MASTER" ? 6 : 12) || health.failures > 0) void peer.look(PEER_MS);
    ticks++;
  }, PROBE_MS);
  return { refresh };
}

/** Twice as many connections as nginx has workers reach all of them very probably. */
const EVERY_WORKER = Math.min(8, 2 * availableParallelism());

const HOLD =
  "nginx does not answer in time, and the peer could not take over or did so within the last minute: this node goes on";
