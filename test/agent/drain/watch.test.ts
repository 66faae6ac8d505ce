import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { aliveConnections, filterOf } from "../../../agent/drain/connections";
import { writeState } from "../../../agent/drain/record";
import { watch } from "../../../agent/drain/watch";
import { holdsAnchor } from "../../../agent/keepalived/fifo";
import { put } from "../../../agent/put";
import { run } from "../../../agent/run";
import { closingFile } from "../../../node/drain/names";

// Of these vitest has no false ones.
vi.mock("node:timers/promises", () => ({
  setTimeout: (ms: number) => new Promise((resolve) => setTimeout(resolve, ms)),
}));
vi.mock("../../../agent/drain/connections", async (original) => ({
  ...(await original<object>()),
  aliveConnections: vi.fn(),
}));
vi.mock("../../../agent/drain/record");
vi.mock("../../../agent/keepalived/fifo");
vi.mock("../../../agent/put");
vi.mock("../../../agent/run");
vi.mock("../../../agent/sync/durable", async (original) => ({
  ...(await original<object>()),
  textOf: (path: string) => (path === "/run/nginx.pid" ? "4711\n" : undefined),
}));
vi.mock("../../../agent/log", async (original) => ({ ...(await original<object>()), log: () => {} }));

const settings = {
  node: "nginx-a",
  peer: { address: "192.0.2.12", vip: "192.0.2.100" },
  interface: "eth0",
  vip: "192.0.2.100",
  anchor: "169.254.77.51",
  healthName: "health.nginx-ha.internal",
  seconds: 60,
};
const stopped = new AbortController();

/** What was written of it, the newest last. */
const told = (name: "status" | "last"): unknown[] =>
  vi.mocked(writeState).mock.calls.flatMap(([to, state]) => (to === name ? [state] : []));
const commands = (): string[] => vi.mocked(run).mock.calls.map(([file, argv]) => [file, ...argv].join(" "));
const pass = (seconds: number): Promise<unknown> => vi.advanceTimersByTimeAsync(seconds * 1000);

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "performance"] });
  vi.mocked(run).mockResolvedValue({ failed: false, out: "", err: "" });
  vi.mocked(holdsAnchor).mockReturnValue(true);
});
afterEach(() => {
  vi.useRealTimers();
  vi.clearAllMocks();
});

it("counts no connection before the VIP has moved, and what is left after that", async () => {
  vi.mocked(aliveConnections).mockResolvedValue(7);
  const over = watch("keep", settings, stopped.signal);
  await pass(3);
  expect(aliveConnections).not.toHaveBeenCalled();
  expect(told("status").at(-1)).toEqual({ role: "keep", phase: "prepared", secondsLeft: 87 });
  vi.mocked(holdsAnchor).mockReturnValue(false);
  await pass(1);
  expect(told("status").at(-1)).toMatchObject({ phase: "draining", connections: 7 });
  vi.mocked(aliveConnections).mockResolvedValue(0);
  await pass(4);
  expect(await over).toBe("empty");
  expect(told("last")).toMatchObject([{ connections: 7, ended: 7, cut: 0 }]);
});

it("tells clients that ask to go, before nginx ends what is idle", async () => {
  vi.mocked(aliveConnections).mockResolvedValue(7);
  const over = watch("keep", settings, stopped.signal);
  await pass(3);
  expect(put, "the VIP still leads to it").not.toHaveBeenCalled();
  vi.mocked(holdsAnchor).mockReturnValue(false);
  await pass(2);
  expect(put).toHaveBeenCalledExactlyOnceWith(closingFile, "");
  expect(commands()).toEqual([]);
  await pass(2);
  expect(commands()).toEqual(["kill -s HUP 4711"]);
  vi.mocked(aliveConnections).mockResolvedValue(0);
  await pass(2);
  expect(await over).toBe("empty");
});

it.each([
  ["ends what is idle at half of a drain that is shorter", 2, 7, ["kill -s HUP 4711"]],
  ["leaves nginx alone where all have gone by themselves", 60, 0, []],
])("%s", async (_what, seconds, connections, ran) => {
  vi.mocked(holdsAnchor).mockReturnValue(false);
  vi.mocked(aliveConnections).mockResolvedValue(connections);
  const over = watch("keep", { ...settings, seconds }, stopped.signal);
  await pass(1.5);
  expect(commands()).toEqual(ran);
  await pass(10);
  await over;
  expect(commands().filter((one) => one.startsWith("kill"))).toEqual(ran);
});

it("leaves nginx alone where the VIP is back before", async () => {
  vi.mocked(holdsAnchor).mockReturnValue(false);
  vi.mocked(aliveConnections).mockResolvedValue(7);
  const over = watch("keep", settings, stopped.signal);
  await pass(1.5);
  vi.mocked(holdsAnchor).mockReturnValue(true);
  await pass(10);
  expect(await over).toBe("back");
  expect(commands()).toEqual([]);
});

it("takes connections that cannot be counted for alive, and cuts what is left at the end", async () => {
  vi.mocked(holdsAnchor).mockReturnValue(false);
  vi.mocked(aliveConnections).mockResolvedValueOnce(7).mockRejectedValue(new Error("ss: not done after 5 s"));
  const over = watch("keep", settings, stopped.signal);
  await pass(59);
  expect(told("last")).toEqual([]);
  expect(told("status").at(-1), "the last that is known").toMatchObject({ connections: 7 });
  await pass(2);
  expect(await over).toBe("time");
  expect(told("last")).toMatchObject([{ connections: 7, ended: 0, cut: 7 }]);
  expect(commands()).toContain('sh -c exec ss --kill --tcp --no-header "$@" >/dev/null ss src 192.0.2.100');
});

it("asks for the connections of both addresses", () => {
  const ipv6 = { vip: "2001:db8::100", peer: "2001:db8::12" };
  expect(filterOf({ ...settings, ipv6 })).toEqual(["src", "192.0.2.100", "or", "src", "[2001:db8::100]"]);
});

it("cuts nothing where the VIP never moved", async () => {
  const over = watch("keep", settings, stopped.signal);
  await pass(91);
  expect(await over).toBe("not moved");
  expect(aliveConnections).not.toHaveBeenCalled();
  expect(told("last")).toMatchObject([{ reason: "not moved", connections: 0, ended: 0, cut: 0 }]);
  expect(commands()).toEqual([]);
});

it("cuts nothing where the VIP came back while connections were counted", async () => {
  vi.mocked(holdsAnchor).mockReturnValue(false);
  vi.mocked(aliveConnections).mockResolvedValue(7);
  const over = watch("keep", settings, stopped.signal);
  await pass(58);
  vi.mocked(aliveConnections).mockImplementation(
    () =>
      new Promise((counted) =>
        setTimeout(() => {
          vi.mocked(holdsAnchor).mockReturnValue(true);
          counted(7);
        }, 3000),
      ),
  );
  await pass(10);
  expect(await over).toBe("back");
  expect(told("last")).toMatchObject([{ reason: "back", cut: 0 }]);
  expect(commands()).toEqual(["kill -s HUP 4711"]);
});

it("behind an API waits until the VIP leads to the other node, connections or none", async () => {
  vi.mocked(holdsAnchor).mockReturnValue(false);
  vi.mocked(aliveConnections).mockResolvedValue(0);
  vi.mocked(run).mockResolvedValue({ failed: false, out: "VRRP=MASTER\nADDRESS=-\n", err: "" });
  const tunnel = { address: "192.0.2.11", senior: true, answers: "doubled" } as const;
  const over = watch("keep", { ...settings, tunnel }, stopped.signal);
  await pass(80);
  expect(told("last"), "its time has not begun").toEqual([]);
  expect(
    commands().some((one) => one.startsWith("kill")),
    "who asks again would come back to it",
  ).toBe(false);
  expect(aliveConnections).not.toHaveBeenCalled();
  expect(commands().filter((one) => one.endsWith("peer-head")).length).toBeGreaterThan(10);
  vi.mocked(run).mockResolvedValue({ failed: false, out: "VRRP=MASTER\nADDRESS=held\n", err: "" });
  await pass(4);
  expect(await over).toBe("empty");
});

it("says at its end nothing of connections where the other node has them", async () => {
  vi.mocked(holdsAnchor).mockReturnValue(true);
  const over = watch("detour", settings, stopped.signal);
  await pass(1);
  vi.mocked(holdsAnchor).mockReturnValue(false);
  await pass(1);
  expect(await over).toBe("back");
  expect(told("last")).toEqual([]);
});
