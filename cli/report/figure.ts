import type { Timeline } from "./timeline";

const WIDTH = 920;
const LEFT = 110;
const RIGHT = 16;

/** What a state looks like: a custom property of the page's style, so that light and dark differ. */
export const STATES = ["MASTER", "BACKUP", "FAULT", "down", "unseen"];
const colours = STATES.map((state) => `var(--${state.toLowerCase()})`);

/** The figure of one fault: requests above, then who had the VIP, then what each node was. */
export async function drawTimeline(timeline: Timeline, nodes: readonly string[]): Promise<string> {
  const [Plot, { parseHTML }] = await Promise.all([import("@observablehq/plot"), import("linkedom")]);
  const { document } = parseHTML("<html><body></body></html>");
  const { from, to, points, states, holders, marks } = timeline;
  const common = {
    document: document as never,
    width: WIDTH,
    marginLeft: LEFT,
    marginRight: RIGHT,
    style: { fontSize: "12px", overflow: "visible" },
  };
  const rules = Plot.ruleX(marks, {
    x: "at",
    stroke: "currentColor",
    strokeOpacity: 0.5,
    strokeDasharray: "3 3",
  });
  const good = points.filter((point) => point.good);
  const bad = points.filter((point) => !point.good);
  const slowest = Math.max(10, ...good.map(({ ms }) => ms));

  const requests = Plot.plot({
    ...common,
    height: 190,
    marginTop: 34,
    marginBottom: 6,
    x: { domain: [from, to], axis: null },
    y: { domain: [0, slowest], type: "sqrt", label: "answered after, ms", grid: true, ticks: 4 },
    marks: [
      rules,
      Plot.text(spread(marks, (to - from) / 17), {
        x: "shown",
        text: "label",
        frameAnchor: "top",
        dy: -16,
        fill: "currentColor",
      }),
      Plot.dot(good, { x: "at", y: "ms", r: 1.6, fill: "var(--good)", fillOpacity: 0.7 }),
      Plot.ruleX(bad, { x: "at", stroke: "var(--bad)", strokeOpacity: 0.8 }),
    ],
  });
  const rows = [...nodes.map((node) => `VIP on ${node}`), ...nodes];
  const bars = Plot.plot({
    ...common,
    height: 150,
    marginTop: 4,
    marginBottom: 36,
    x: { domain: [from, to], label: "seconds from the fault", labelAnchor: "center", labelArrow: "none" },
    y: { domain: rows, label: null, tickSize: 0, padding: 0.25 },
    color: { domain: STATES, range: colours },
    marks: [
      Plot.barX(states, { x1: "from", x2: "to", y: "row", fill: "state" }),
      Plot.barX(holders, { x1: "from", x2: "to", y: "row", fill: "var(--held)" }),
      rules,
    ],
  });
  return `${requests.outerHTML}\n${bars.outerHTML}`;
}

/** Labels that would cover each other stand side by side. */
function spread<T extends { at: number }>(marks: readonly T[], least: number): (T & { shown: number })[] {
  let last = Number.NEGATIVE_INFINITY;
  return [...marks]
    .sort((a, b) => a.at - b.at)
    .map((mark) => {
      last = Math.max(mark.at, last + least);
      return { ...mark, shown: last };
    });
}
