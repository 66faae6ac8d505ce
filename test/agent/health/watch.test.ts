import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Peer } from "../../../agent/health/peer";
import { answers, ask } from "../../../agent/health/probe";
import { watchHealth } from "../../../agent/health/watch";
import { NodeState } from "../../../agent/status/node-state";

vi.mock("../../../agent/health/probe");
vi.mock("../../../agent/log", async (original) => ({ ...(await original<object>()), log: () => {} }));

let root: string;
let state: NodeState;
/** What is known of nginx, and where it really is. */
const nginx = { address: "127.0.0.1", port: 80, healthName: "health.internal" };
let port: number;
/** Looks that somebody else takes while a question is under way. */
let others: boolean;
const look = (): void => {
  nginx.port = port;
};

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  root = mkdtempSync(join(tmpdir(), "nginx-ha-watch-"));
  state = new NodeState();
  [nginx.port, port, others] = [80, 80, false];
  vi.mocked(ask).mockResolvedValue(undefined);
  vi.mocked(answers).mockImplementation(async (asked) => {
    const answered = asked.port === port;
    if (others) look();
    return answered;
  });
  watchHealth({
    ...{ nginx, look, state, tracks: root, trackFile: join(root, "hang"), wordFile: join(root, "word") },
    ...{ peer: new Peer(nginx), vrrp: () => "BACKUP", seen: () => {} },
  });
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(root, { recursive: true, force: true });
});

const rounds = (count: number): Promise<unknown> => vi.advanceTimersByTimeAsync(250 * count);

describe("a generation on another port", () => {
  it.each([
    ["nobody else has looked", false],
    ["somebody else looked first", true],
  ])("is no failure of the question that went to the old one, where %s", async (_, whether) => {
    await rounds(5);
    others = whether;
    port = 8080;
    await rounds(1);
    expect(state.probe.failures).toBe(0);
    await rounds(1);
    expect(state.probe).toEqual({ answers: "yes", failures: 0, fault: false });
  });
});

it("finds one that answers nowhere", async () => {
  vi.mocked(answers).mockResolvedValue(false);
  await rounds(3);
  expect(state.probe).toMatchObject({ answers: "no", fault: true });
  expect(readFileSync(join(root, "hang"), "utf8")).toBe("1\n");
});
