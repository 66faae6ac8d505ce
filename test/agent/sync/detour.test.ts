import { afterEach, describe, expect, it, vi } from "vitest";
import { run } from "../../../agent/run";
import { answerDetour, askForDetour, DETOUR } from "../../../agent/sync/detour";
import type { Frame } from "../../../agent/sync/frames";
import { Refused } from "../../../agent/sync/refused";
import { Unreachable } from "../../../agent/sync/unreachable";

vi.mock("../../../agent/run");

const UNIT = "nginx-ha-drain@detour.service";
const done = { failed: false, out: "", err: "" };
const question = (verb: unknown): Frame => ({ head: { stream: DETOUR, verb }, body: Buffer.alloc(0) });
const standby = (): boolean => false;
/** How the unit is, and whether its command works. */
const machine = (state: string, failed = false, journal = ""): void =>
  void vi.mocked(run).mockImplementation(async (file, [verb = ""]) => {
    if (file === "journalctl") return { ...done, out: journal };
    if (verb === "is-active") return { failed: state !== "active", out: `${state}\n`, err: "" };
    return failed ? { failed, out: "", err: "Job failed.\n" } : done;
  });
const commands = () => vi.mocked(run).mock.calls.map(([file, argv]) => [file, ...argv].join(" "));

afterEach(() => {
  vi.clearAllMocks();
});

describe("a detour for the peer", () => {
  it("begins and ends with its unit", async () => {
    machine("inactive");
    expect(await answerDetour(question("begin"), standby)).toEqual({ head: {} });
    expect(await answerDetour(question("end"), () => true)).toEqual({ head: {} });
    expect(commands()).toEqual([
      `systemctl is-active ${UNIT}`,
      `systemctl --quiet start ${UNIT}`,
      `systemctl --quiet stop ${UNIT}`,
    ]);
  });

  it("that somebody else has begun is left alone", async () => {
    machine("active");
    expect(await answerDetour(question("begin"), standby)).toEqual({
      head: { refused: "it has its part of another move" },
    });
    expect(commands()).toEqual([`systemctl is-active ${UNIT}`]);
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
    machine("failed", true);
    const ask = async (head: Record<string, unknown>): Promise<Frame> => ({
      head: (await answerDetour({ head, body: Buffer.alloc(0) }, standby)).head,
      body: Buffer.alloc(0),
    });
    await expect(askForDetour(ask, "begin", async () => {})).rejects.toThrow(new Refused("Job failed."));
    machine("failed", true, 'failed reason=first\nfailed reason="the kernel has no /proc/sys/net/x"\n');
    await expect(askForDetour(ask, "begin", async () => {})).rejects.toThrow(
      new Refused("the kernel has no /proc/sys/net/x"),
    );
    machine("inactive");
    await expect(askForDetour(ask, "begin", async () => {})).resolves.toBeUndefined();
  });

  it("is asked for when the peer can be asked, and ended when its answer was lost: it may have begun", async () => {
    const done: unknown[] = [];
    const reach = async (): Promise<void> => void done.push("reach");
    const lost = async ({ verb }: Record<string, unknown>): Promise<Frame> => {
      done.push(verb);
      if (verb === "begin") throw new Unreachable("the peer cannot be asked: the connection ended");
      return { head: {}, body: Buffer.alloc(0) };
    };
    await expect(askForDetour(lost, "begin", reach)).rejects.toThrow("the connection ended");
    expect(done).toEqual(["reach", "begin", "reach", "end"]);
    done.length = 0;
    await askForDetour(lost, "end", reach);
    expect(done).toEqual(["reach", "end"]);
  });
});
