import { expect, it, vi } from "vitest";
import type { Drill } from "../../../cli/drill/settings";
import { watchPair } from "../../../cli/drill/watched";
import type { Event } from "../../../cli/history/events";
import type { Running } from "../../../cli/run";
import type { Remote } from "../../../cli/ssh";
import type { StatusReport } from "../../../cli/status/report";
import { now } from "../../../cli/watch/clock";

vi.mock("../../../cli/probe/prober", () => ({
  startProber: async () => ({ end() {}, done: Promise.resolve() }),
}));
vi.mock("../../../cli/watch/clock", { spy: true });

/** A node whose sampler says what the test has it say, and whose connection ends when the test says so. */
function node(name: string) {
  let say: (line: string) => void = () => {};
  let end = (): void => {};
  let started = 0;
  const remote = {
    name,
    async start() {
      started++;
      const done = new Promise<{ exitCode: number; stderr: string }>((over) => {
        end = () => over({ exitCode: 255, stderr: "" });
      });
      const running: Partial<Running> = { lines: (told) => (say = told), end() {}, done };
      return running as Running;
    },
  } as unknown as Remote;
  return {
    remote,
    started: () => started,
    tell: (t: "node" | "beat") =>
      say(JSON.stringify({ t, at: now(), vrrp: "BACKUP", held: false, nginx: true })),
    lose: () => end(),
  };
}

it("a node from which nobody has heard for a while is not watched, whatever it said last", async () => {
  const [one, other] = [node("nginx-a"), node("nginx-b")];
  const events: Event[] = [];
  const drill = {
    remotes: [one.remote, other.remote],
    settings: { url: "http://192.0.2.100/", vantage: {}, where: "here" },
    recorder: { events, add: (event: Event) => events.push(event) },
    waiting: { signal: new AbortController().signal, progress() {}, over() {} },
    look: async () => ({ verdict: "healthy", problems: [] }) as unknown as StatusReport,
  } as unknown as Drill;
  const watched = await watchPair(drill, "192.0.2.100", 60);
  const start = now();
  one.tell("node");
  other.tell("node");
  await watched.healthy("both", 1);
  // The other one's machine has lost its power and is back, and its old connection does not know.
  vi.mocked(now).mockReturnValue(start + 3000);
  one.tell("beat");
  await expect(watched.healthy("both again", 1)).rejects.toThrow("both again");
  expect(other.started(), "samplers").toBe(1);
  other.lose();
  const again = watched.healthy("both again", 10);
  await vi.waitFor(() => expect(other.started(), "samplers").toBe(2), { timeout: 5000 });
  other.tell("node");
  await again;
});
