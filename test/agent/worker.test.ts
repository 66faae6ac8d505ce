import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, it, vi } from "vitest";
import { stateIn } from "../../agent/keepalived";
import { newWorker, pause } from "../../agent/worker";

/** A VIP that somebody has, and who asks for it. */
class Vip {
  holder = "other";
  master = false;
  takes = 0;
  looks = 0;
  notes: boolean[] = [];
  failing: Error | undefined;
  /** How many looks after a take still show the past. */
  stale = 0;

  claim = {
    isMine: async () => {
      this.looks++;
      if (this.failing) throw this.failing;
      if (this.holder === "self" && this.stale > 0) {
        this.stale--;
        return false;
      }
      return this.holder === "self";
    },
    take: async () => {
      this.takes++;
      if (this.failing) throw this.failing;
      this.holder = "self";
    },
  };
  worker = newWorker({
    claim: this.claim,
    isMaster: () => this.master,
    note: (held) => {
      this.notes.push(held);
    },
  });
  end = new AbortController();
  running: Promise<void>;

  constructor(before: { holder?: string; master?: boolean; failing?: Error } = {}) {
    Object.assign(this, before);
    this.running = this.worker.run(this.end.signal);
  }

  async stop(): Promise<void> {
    this.end.abort();
    await this.running;
  }
}

let vip: Vip;
const quiet = () => vi.spyOn(process.stdout, "write").mockReturnValue(true);
const until = async (what: string, check: () => boolean): Promise<void> => {
  for (let waited = 0; !check(); waited += 10) {
    if (waited > 10_000) throw new Error(`waited 10 s for ${what}`);
    await sleep(10);
  }
};
afterEach(async () => {
  await vip.stop();
  vi.restoreAllMocks();
});

describe("the worker", () => {
  it("on BACKUP only looks", async () => {
    quiet();
    vip = new Vip();
    await until("a look", () => vip.looks > 0);
    vip.worker.wake("BACKUP");
    await until("another look", () => vip.looks > 1);
    expect(vip.takes).toBe(0);
    expect(vip.notes).toEqual([false]);
  });

  it("on MASTER takes the VIP with one call, and verifies it through stale answers", async () => {
    quiet();
    vip = new Vip();
    vip.stale = 3;
    vip.master = true;
    vip.worker.wake("MASTER");
    await until("the VIP", () => vip.notes.at(-1) === true);
    expect(vip.takes).toBe(1);
  });

  it("takes nothing that it has", async () => {
    quiet();
    vip = new Vip({ master: true, holder: "self" });
    await until("the note", () => vip.notes.at(-1) === true);
    vip.worker.wake("MASTER_RX_LOWER_PRI");
    await sleep(50);
    expect(vip.takes).toBe(0);
  });

  it("takes it back at once when somebody of lower priority was MASTER meanwhile", async () => {
    quiet();
    vip = new Vip();
    vip.master = true;
    await until("the VIP", () => vip.notes.at(-1) === true);
    vip.holder = "other";
    vip.worker.wake("MASTER_RX_LOWER_PRI");
    await until("the second take", () => vip.takes === 2);
  });

  it("keeps on trying while EC2 fails, logs the first failure only, and gives nothing back", async () => {
    const written = quiet();
    vip = new Vip({ master: true, failing: new Error("RequestLimitExceeded: slow down") });
    await until("three looks", () => vip.looks >= 3);
    vip.failing = undefined;
    await until("the VIP", () => vip.notes.at(-1) === true);
    const lines = written.mock.calls.map(([text]) => String(text));
    expect(lines.filter((line) => line.startsWith("failed"))).toHaveLength(1);
    expect(lines.join("")).toContain("RequestLimitExceeded");
    expect(vip.takes).toBe(1);
  });

  it("is not MASTER any more when the describe comes back: it takes nothing", async () => {
    quiet();
    vip = new Vip();
    await until("a look", () => vip.looks > 0);
    const looked = vip.claim.isMine;
    vip.claim.isMine = async () => {
      vip.master = true;
      const answer = await looked();
      vip.master = false;
      return answer;
    };
    vip.worker.wake("MASTER");
    await until("another look", () => vip.looks > 1);
    await sleep(50);
    expect(vip.takes).toBe(0);
  });
});

describe("pause", () => {
  it("is long when nothing is wrong, short and growing with jitter for a MASTER that failed", () => {
    vip = new Vip();
    expect(pause(0, true, 0.5)).toBe(20_000);
    expect(pause(5, false, 0.5)).toBe(20_000);
    expect([1, 2, 3, 9].map((failures) => pause(failures, true, 0.5))).toEqual([200, 400, 800, 5000]);
    expect(pause(9, true, 0)).toBe(2500);
  });
});

describe("stateIn", () => {
  it.each([
    ['INSTANCE "VI_1" MASTER 254', "MASTER"],
    ['INSTANCE "VI_1" MASTER_RX_LOWER_PRI 254', "MASTER_RX_LOWER_PRI"],
    ['GROUP "G" MASTER 0', undefined],
    ["", undefined],
  ])("%j is %s", (line, state) => {
    vip = new Vip();
    expect(stateIn(line)).toBe(state);
  });
});
