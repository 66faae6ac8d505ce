import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, it, vi } from "vitest";
import { stateIn } from "../../agent/keepalived/fifo";
import type { Owner } from "../../agent/vip/claim";
import { newWorker, retryAfter, type Told } from "../../agent/worker";

/** A VIP that somebody has, and who asks for it. */
class Vip {
  holder: Owner = "other";
  master = false;
  takes = 0;
  looks = 0;
  told: Told[] = [];
  failing: Error | undefined;
  /** Fails what changes something, and only that. */
  refusing: Error | undefined;
  anchored = false;
  /** How many looks after a take still show the past. */
  stale = 0;

  claim = {
    owner: async (): Promise<Owner> => {
      this.looks++;
      if (this.failing) throw this.failing;
      if (this.holder === "mine" && this.stale > 0) {
        this.stale--;
        return "other";
      }
      return this.holder;
    },
    take: async () => {
      this.takes++;
      const refused = this.failing ?? this.refusing;
      if (refused) throw refused;
      this.holder = "mine";
    },
  };
  worker = newWorker({
    claim: this.claim,
    isMaster: () => this.master,
    holdsAnchor: () => this.master || this.anchored,
    senior: true,
    reconcileMs: 300,
    tell: (told) => {
      this.told.push(told);
    },
  });
  end = new AbortController();
  running: Promise<void>;

  constructor(before: { holder?: Owner; master?: boolean; failing?: Error } = {}) {
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
    expect(vip.told).toEqual([{ held: false, owner: "other" }]);
  });

  it("on MASTER takes the VIP with one call, and verifies it through stale answers", async () => {
    quiet();
    vip = new Vip();
    vip.stale = 3;
    vip.master = true;
    vip.worker.wake("MASTER");
    await until("the VIP", () => vip.told.at(-1)?.held === true);
    expect(vip.takes).toBe(1);
  });

  it("takes nothing that it has", async () => {
    quiet();
    vip = new Vip({ master: true, holder: "mine" });
    await until("the note", () => vip.told.at(-1)?.held === true);
    vip.worker.wake("MASTER_RX_LOWER_PRI");
    await sleep(50);
    expect(vip.takes).toBe(0);
  });

  it("takes it back at once when somebody of lower priority was MASTER meanwhile", async () => {
    quiet();
    vip = new Vip();
    vip.master = true;
    await until("the VIP", () => vip.told.at(-1)?.held === true);
    vip.holder = "other";
    vip.worker.wake("MASTER_RX_LOWER_PRI");
    await until("the second take", () => vip.takes === 2);
  });

  it("keeps on trying while EC2 fails, logs the first failure only, and gives nothing back", async () => {
    const written = quiet();
    vip = new Vip({ master: true, failing: new Error("RequestLimitExceeded: slow down") });
    await until("three looks", () => vip.looks >= 3);
    vip.failing = undefined;
    await until("the VIP", () => vip.told.at(-1)?.held === true);
    const lines = written.mock.calls.map(([text]) => String(text));
    expect(lines.filter((line) => line.startsWith("alarm kind=api"))).toHaveLength(1);
    expect(lines.join("")).toContain("RequestLimitExceeded");
    expect(lines.filter((line) => line.startsWith("alarm over"))).toHaveLength(1);
    expect(vip.takes).toBe(1);
  });

  it("tries ever more slowly while only the move is refused, with one alarm, and has the VIP soon after", async () => {
    const written = quiet();
    vip = new Vip({ master: true });
    vip.refusing = new Error("RequestLimitExceeded: slow down");
    await sleep(3000);
    expect(vip.takes).toBeLessThanOrEqual(6);
    expect(vip.told.at(-1)?.alarm).toEqual({ kind: "api", reason: "RequestLimitExceeded: slow down" });
    vip.refusing = undefined;
    await until("the VIP", () => vip.told.at(-1)?.held === true);
    const alarms = written.mock.calls
      .map(([text]) => String(text))
      .filter((line) => line.startsWith("alarm"));
    expect(alarms.map((line) => line.split(" ")[1])).toEqual(["kind=api", "over"]);
  });

  it("looks again soon when keepalived stood still for a moment and is MASTER still", async () => {
    quiet();
    vip = new Vip({ master: true, holder: "mine" });
    await until("the note", () => vip.told.at(-1)?.held === true);
    Object.assign(vip, { master: false, anchored: true });
    await until("a look meanwhile", () => vip.told.at(-1)?.held === false);
    vip.master = true;
    await until("the note again", () => vip.told.at(-1)?.held === true);
  });

  it("as a new MASTER does not wait for what it asked as BACKUP", async () => {
    quiet();
    vip = new Vip();
    await until("a look", () => vip.looks > 0);
    const answered = vip.claim.owner;
    let slow = true;
    vip.claim.owner = async () => {
      if (slow) await sleep(5000);
      return answered();
    };
    vip.worker.wake("BACKUP");
    await sleep(50);
    slow = false;
    vip.master = true;
    vip.worker.wake("MASTER");
    const start = performance.now();
    await until("the VIP", () => vip.told.at(-1)?.held === true);
    expect(performance.now() - start).toBeLessThan(2500);
    expect(vip.takes).toBe(1);
  });

  it("takes a stolen VIP back at its next look, without an event", async () => {
    quiet();
    vip = new Vip({ master: true });
    await until("the VIP", () => vip.told.at(-1)?.held === true);
    vip.holder = "other";
    await until("the second take", () => vip.takes === 2);
    await until("the VIP again", () => vip.told.at(-1)?.held === true);
  });

  it("keeps what it holds while EC2 does not answer: an alarm, and no more", async () => {
    quiet();
    vip = new Vip({ master: true, holder: "mine" });
    await until("the VIP", () => vip.told.at(-1)?.held === true);
    vip.failing = new Error("EC2 did not answer in 3000 ms");
    await until("the alarm", () => vip.told.at(-1)?.alarm !== undefined);
    expect(vip.told.at(-1)).toEqual({
      held: true,
      owner: "mine",
      alarm: { kind: "api", reason: "EC2 did not answer in 3000 ms" },
    });
    vip.failing = undefined;
    await until("the end of the alarm", () => vip.told.at(-1)?.alarm === undefined);
    expect(vip.takes).toBe(0);
  });

  it("hears a peer that is MASTER, too, at most once a second", async () => {
    quiet();
    vip = new Vip({ master: true, holder: "mine" });
    await until("a look", () => vip.looks > 0);
    await sleep(50);
    const before = vip.looks;
    for (let count = 0; count < 20; count++) {
      vip.worker.wake("MASTER_RX_LOWER_PRI");
      await sleep(5);
    }
    expect(vip.looks - before).toBeLessThanOrEqual(2);
  });

  it("is not MASTER any more when the describe comes back: it takes nothing", async () => {
    quiet();
    vip = new Vip();
    await until("a look", () => vip.looks > 0);
    const looked = vip.claim.owner;
    vip.claim.owner = async () => {
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

describe("retryAfter", () => {
  it("is short at first, and grows with jitter", () => {
    vip = new Vip();
    expect([1, 2, 3, 9].map((failures) => retryAfter(failures, 0.5))).toEqual([200, 400, 800, 5000]);
    expect(retryAfter(9, 0)).toBe(2500);
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
