import type { Event, NodeEvent, StepEvent } from "../../../cli/history/events";
import type { History } from "../../../cli/history/history";
import { reportOf } from "../../../cli/status/report";
import { backup, master, pair } from "../status/example";

/** What happened, in milliseconds from the fault; node by node what it became. */
export interface Story {
  fault?: string;
  /** When nobody answered. */
  silent?: [from: number, to: number];
  a?: [at: number, vrrp: string, held: boolean][];
  b?: [at: number, vrrp: string, held: boolean][];
  undone?: number;
  /** Why it could not be undone. */
  notUndone?: string;
  healed?: number;
  /** What became of the connections that were held: cut ones, and answers on all of them. */
  held?: [cut: number, answers: number];
  /** What both serve afterwards. */
  after?: string;
  whole?: boolean;
}

const START = 1_000_000;
const END = 5000;

/** The history of one fault on nginx-a at time 0; a failover of 100 ms that went well, unless told otherwise. */
export function historyOf(story: Story = {}): History {
  const {
    fault = "nginx-kill",
    silent = [0, 100],
    a = [
      [20, "FAULT", false],
      [1500, "BACKUP", false],
    ],
    b = [[60, "MASTER", true]],
    undone = 3000,
    notUndone,
    healed = 2500,
    held,
    after = "c1",
    whole = true,
  } = story;
  const at = (ms: number): number => START + ms;
  const step = (ms: number, what: StepEvent["step"], why?: string): Event => ({
    t: "step",
    at: at(ms),
    fault,
    node: "nginx-a",
    step: what,
    ...(why !== undefined && { why }),
  });
  const node = (name: string, ms: number, vrrp: string, held: boolean): NodeEvent => ({
    t: "node",
    node: name,
    at: at(ms),
    seen: at(ms),
    vrrp,
    held,
    nginx: true,
    tracks: "",
    config: "c1",
  });
  const probes: Event[] = Array.from({ length: (END + 500) / 10 }, (_, index) => {
    const start = at(index * 10 - 500);
    const lost = start >= at(silent[0]) && start < at(silent[1]);
    return { t: "probe", start, end: start + 2, status: lost ? 0 : 200, connected: !lost };
  });
  const run: History["run"] = {
    t: "run",
    version: 1,
    kind: "drill",
    at: at(-900),
    pair: "edge",
    vip: "192.0.2.100",
    nodes: ["nginx-a", "nginx-b"],
    mode: "arp",
    advertMs: 100,
    drainS: 0,
    intervalMs: 10,
    from: "here",
    url: "http://192.0.2.100/",
    faults: [fault],
    ranOn: { "nginx-a": "a machine", "nginx-b": "another" },
  };
  const served = (config: string) =>
    reportOf(pair({ ...master, CONFIG: config }, { ...backup, CONFIG: config }));
  const events: Event[] = [
    run,
    node("nginx-a", -800, "MASTER", true),
    node("nginx-b", -800, "BACKUP", false),
    step(-700, "begin"),
    { t: "status", at: at(-700), report: served("c1") },
    step(0, "injected"),
    ...a.map(([ms, vrrp, held]) => node("nginx-a", ms, vrrp, held)),
    ...b.map(([ms, vrrp, held]) => node("nginx-b", ms, vrrp, held)),
    ...probes,
    ...Array.from({ length: held?.[0] ?? 0 }, (): Event => ({ t: "cut", at: at(70), error: "ECONNRESET" })),
    ...(held ? [{ t: "prober", at: at(1600), event: "end", heldAnswers: held[1] } satisfies Event] : []),
    notUndone === undefined ? step(undone, "undone") : step(undone, "not-undone", notUndone),
    ...(healed > 0 ? [step(healed, "healed")] : []),
    { t: "status", at: at(END - 1), report: served(after) },
    step(END, "end"),
    { t: "end", at: at(END) },
  ];
  return { run, events: whole ? events : events.slice(0, -3), whole };
}
