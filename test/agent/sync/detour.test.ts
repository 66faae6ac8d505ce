import { afterEach, describe, expect, it, vi } from "vitest";
import { run } from "../../../agent/run";
import { answerDetour, askForDetour, DETOUR } from "../../../agent/sync/detour";
import type { Frame } from "../../../agent/sync/frames";
import { Refused } from "../../../agent/sync/refused";

vi.mock("../../../agent/run");

const UNIT = "nginx-ha-drain@detour.service";
const done = { failed: false, out: "", err: "" };
const question = (verb: unknown): Frame => ({ head: { stream: DETOUR, verb }, body: Buffer.alloc(0) });
const standby = (): boolean => false;
const commands = () => vi.mocked(run).mock.calls.map(([file, argv]) => [file, ...argv].join(" "));

afterEach(() => {
  vi.clearAllMocks();
});

describe("a detour for the peer", () => {
  it("begins and ends with its unit", async () => {
    vi.mocked(run).mockResolvedValue(done);
    expect(await answerDetour(question("begin"), standby)).toEqual({ head: {} });
    expect(await answerDetour(question("end"), () => true)).toEqual({ head: {} });
    expect(commands()).toEqual([`systemctl --quiet start ${UNIT}`, `systemctl --quiet stop ${UNIT}`]);
  });

  it("is refused by a MASTER, and whatever else is asked by everybody", async () => {
    expect(await answerDetour(question("begin"), () => true)).toEqual({
      head: { refused: "this node is MASTER" },
    });
    for (const verb of ["stop nginx", "", undefined, "constructor"])
      expect(await answerDetour(question(verb), standby)).toEqual({ head: { refused: "no such question" } });
    expect(commands()).toEqual([]);
  });

  it("that does not come about says why to whoever asks for it", async () => {
    vi.mocked(run).mockResolvedValue({ ...done, failed: true, err: "Job failed.\n" });
    const ask = async (head: Record<string, unknown>): Promise<Frame> => ({
      head: (await answerDetour({ head, body: Buffer.alloc(0) }, standby)).head,
      body: Buffer.alloc(0),
    });
    await expect(askForDetour(ask, "begin")).rejects.toThrow(new Refused("Job failed."));
    vi.mocked(run).mockResolvedValue(done);
    await expect(askForDetour(ask, "begin")).resolves.toBeUndefined();
  });
});
