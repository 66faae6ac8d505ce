import type { Inventory } from "../../config/inventory";
import type { RunResult } from "../run";
import type { Remote } from "../ssh";
import { type Answer, answerOf, LOOK_LIMIT_S, type Look, statusBy } from "./gather";
import { NODE_STATUS } from "./node-report";
import { reportOf, type StatusReport } from "./report";

/** Ends each answer, with the exit status of what gave it. */
const END = "=== nginx-ha ";
const LOOP = `while read -r _; do timeout ${LOOK_LIMIT_S} ${NODE_STATUS}; echo "${END}$?"; done`;

/** Asks one node many times over one login; `end` closes it. */
export interface LastingLook {
  look: Look;
  end(): void;
}

/**
 * Whoever asks often needs no login of SSH each time. One that ends or is late is begun anew with the next question.
 * @param limitS seconds that a login may last
 */
export function lastingLook(remote: Remote, limitS: number): LastingLook {
  let session: Promise<Session> | undefined;
  const drop = (): void => {
    void session?.then(({ end }) => end());
    session = undefined;
  };
  return {
    async look(signal): Promise<Answer> {
      const enough = AbortSignal.any([signal, AbortSignal.timeout(LOOK_LIMIT_S * 1000)]);
      const late = new Promise<undefined>((done) =>
        enough.addEventListener("abort", () => done(undefined), { once: true }),
      );
      session ??= begin(remote, limitS);
      const result = await Promise.race([session.then(({ ask }) => ask()), late]);
      if (!result || result.over) drop();
      if (result) return answerOf(remote.name, result);
      return { reason: `does not answer within ${LOOK_LIMIT_S} s` };
    },
    end: drop,
  };
}

/** Whoever asks about a pair often: one login to each node for all of it. */
export async function withLooks<T>(
  inventory: Inventory,
  remotes: readonly Remote[],
  limitS: number,
  work: (look: () => Promise<StatusReport>) => Promise<T>,
): Promise<T> {
  const sessions = remotes.map((remote) => lastingLook(remote, limitS));
  const looks = sessions.map(({ look }) => look);
  try {
    return await work(async () => reportOf(await statusBy(inventory, looks)));
  } finally {
    for (const one of sessions) one.end();
  }
}

interface Session {
  ask(): Promise<RunResult & { over?: boolean }>;
  end(): void;
}

async function begin(remote: Remote, limitS: number): Promise<Session> {
  const running = await remote.start(["bash", "-c", LOOP], limitS);
  let lines: string[] = [];
  let answer: (result: RunResult) => void = () => {};
  running.lines((line) => {
    if (!line.startsWith(END)) return void lines.push(line);
    answer({ exitCode: Number(line.slice(END.length)), stdout: lines.join("\n"), stderr: "" });
    lines = [];
  });
  // It has no end of its own: whatever ended it, nobody answers.
  const over = running.done.then(({ stderr }) => ({ exitCode: 255, stdout: "", stderr, over: true }));
  return {
    ask() {
      const said = new Promise<RunResult>((done) => (answer = done));
      running.write("\n");
      return Promise.race([said, over]);
    },
    end: running.kill,
  };
}
