import { setTimeout as sleep } from "node:timers/promises";
import { type Tree, treeHash } from "../../node/sync/tree-hash";
import { reasonOf } from "../log";
import { Alarms } from "./alarms";
import { Edits } from "./edits";
import { Follower } from "./follower";
import { type Head, idOf, isId } from "./head";
import { judge } from "./judge";
import { Keeper } from "./keeper";
import type { Peer, Tidings } from "./peer";
import { type Published, Publisher } from "./publisher";
import { LastRefusal } from "./refusal";
import { Refused } from "./refused";
import type { Surroundings } from "./surroundings";
import { Turns } from "./turns";
import { Waiting } from "./waiting";

const MEND_MS = 60_000;
const REACH_MS = 3000;
/** How long the peer waits for its turn. Two nodes that publish at once wait for each other. */
const BUSY_MS = 3000;

/**
 * One node of two that serve the same. Its own changes (`publish…`, `rollback`), what the peer asks for (`answers`), and
 * the look at both that is taken again and again (`cycle`); one at a time.
 */
export class Synchroniser {
  readonly keeper: Keeper;
  readonly alarms: Alarms;
  /** The operator's directory. */
  readonly edits: Edits;
  /** While `pulumi up` waits on the node that is not MASTER. */
  readonly waiting: Waiting;
  private readonly publisher: Publisher;
  private readonly follower: Follower;
  private readonly turns = new Turns();
  /** Whether heads were exchanged since the start, and this node has the later one. */
  confirmed = false;
  peer: (Tidings & { heardAt: number }) | undefined;
  private readonly refusal: LastRefusal;
  private unacknowledgedSince: number | undefined;
  private readonly started: number;
  private mendedAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly around: Surroundings) {
    this.keeper = new Keeper(around);
    this.publisher = new Publisher(around, this.keeper);
    this.alarms = new Alarms(around.log);
    this.follower = new Follower(around, this.keeper, this.alarms);
    this.refusal = new LastRefusal(around.now);
    this.started = around.now();
    const { keeper, publisher } = this;
    this.waiting = new Waiting({ keeper, publisher, peer: () => this.peer });
    this.edits = new Edits({
      ...{ keeper, publisher, isMaster: around.isMaster, now: around.now },
      refused: (reason) => {
        if (reason !== undefined || !this.follower.refuses) this.alarms.set("refused", reason);
      },
    });
  }

  recover = (): Promise<void> => this.turns.take(() => this.keeper.recover());

  get current(): Head | undefined {
    return this.keeper.current;
  }

  private tidings(): Tidings {
    const { current: head } = this.keeper;
    const { told: refusal } = this.refusal;
    const { node } = this.around;
    return { node, master: this.around.isMaster(), ...(head && { head }), ...(refusal && { refusal }) };
  }

  /** What the peer may ask for. */
  readonly answers: Peer = {
    exchange: async (theirs) => {
      this.hear(theirs);
      if (["fetch", "yield", "supersede"].includes(this.keeper.decide(theirs))) this.around.wake();
      return this.tidings();
    },
    prepare: (generation) =>
      this.turns.takeWithin(BUSY_MS, async () => {
        this.follower.mustFollow(generation.head);
        if (!this.keeper.store.has(idOf(generation.head))) await this.keeper.stage(generation);
      }),
    commit: (id) =>
      this.turns.takeWithin(BUSY_MS, async () => {
        const current = this.keeper.current;
        if (current && idOf(current) === id) return;
        await this.follower.commit(id);
        this.around.wake();
      }),
    fetch: async (id) => {
      if (!isId(id)) throw new Refused("no id of a generation");
      return this.keeper.store.read(id);
    },
  };

  private hear(theirs: Tidings): void {
    this.peer = { ...theirs, heardAt: this.around.now() };
    this.keeper.learn(theirs.head);
  }

  /** Exchanges heads, and does what follows; then looks at the operator's directory. Never throws. */
  cycle = (): Promise<void> =>
    this.turns.take(async () => {
      const errors: unknown[] = [];
      for (const work of [() => this.meet(), () => this.edits.look(), () => this.judge()])
        try {
          await work();
        } catch (error) {
          errors.push(error);
        }
      // The kernel's errors have a code; that the peer went away in the middle has none.
      const trouble = errors.find((error) => error instanceof Error && "code" in error);
      this.alarms.set("storage", trouble && `the synchronisation cannot do its work: ${reasonOf(trouble)}`);
      for (const error of errors)
        if (error !== trouble) this.around.log("not done", { reason: reasonOf(error) });
    });

  /** Heads, and what follows of them. @returns whether the peer could be asked */
  private async meet(): Promise<void> {
    let theirs: Tidings;
    try {
      theirs = await this.around.peer.exchange(this.tidings());
    } catch {
      return;
    }
    this.hear(theirs);
    const decision = this.keeper.decide(theirs);
    const { head } = theirs;
    if (decision !== "fetch" && decision !== "yield") this.follower.forget();
    if (head && decision === "equal") await this.mend(head);
    if (head && (decision === "fetch" || decision === "yield")) await this.follower.fetch(head);
    if (head && decision === "supersede") await this.publisher.supersede(head);
    const after = this.keeper.decide(theirs);
    if (after === "equal" || after === "ahead" || after === "keep") this.confirmed = true;
    // The peer hears at once that both have it.
    if (decision !== after) this.hear(await this.around.peer.exchange(this.tidings()));
  }

  /** Looks now and then whether what is served is still what was accepted; the peer has it whole. */
  private async mend(head: Head): Promise<void> {
    if (this.around.now() - this.mendedAt < MEND_MS) return;
    this.mendedAt = this.around.now();
    const damage = this.keeper.damage();
    if (damage === undefined) return;
    this.around.log("what is served was damaged or changed by hand", { reason: damage });
    await this.keeper.repair(await this.around.peer.fetch(idOf(head)));
  }

  private judge(): void {
    const { store, watched } = this.keeper;
    const now = this.around.now();
    const mine = this.current && idOf(this.current);
    const alone = mine !== undefined && store.acknowledged() !== mine ? mine : undefined;
    this.unacknowledgedSince = alone ? (this.unacknowledgedSince ?? now) : undefined;
    const found = judge({
      awayMs: now - (this.peer?.heardAt ?? this.started),
      drift: watched.kept(),
      conflicts: store.conflicts(),
      ...(alone && { alone: { id: alone, forMs: now - (this.unacknowledgedSince ?? now) } }),
    });
    for (const [kind, reason] of found) this.alarms.set(kind, reason);
    if (this.confirmed) this.alarms.set("serving-unconfirmed", undefined);
  }

  /** The first generation of a node that has none: the peer's, or, on the senior one, one that is made. */
  first = (stack: Tree): Promise<Published> =>
    this.turns.take(async () => {
      // What the peer has comes before a first one of this node's.
      await this.reach();
      await this.meet();
      const { current } = this.keeper;
      if (current) return { head: current, made: false, acknowledged: this.peer !== undefined };
      if (!this.around.senior && !this.around.isMaster())
        throw new Refused(
          `${this.around.node} has no configuration yet, and gets its first one from the other node, whose synchronisation does not answer: let SSH pass between the nodes`,
        );
      return this.publisher.first(stack);
    });

  /** Waits a little, six seconds at most, for a connection that is being made. Never throws. */
  reach = async (): Promise<void> => {
    for (const deadline = Date.now() + REACH_MS; Date.now() < deadline; await sleep(100)) {
      const reached = await this.around.peer.exchange(this.tidings()).catch(() => undefined);
      if (reached) return;
    }
  };

  /** Publishes the stack's part. @throws Refused, and remembers why for whoever waits on the other node */
  publishStack = (stack: Tree, accept: string | undefined): Promise<Published> =>
    this.turns.take(() => this.refusal.remember(treeHash(stack), () => this.publisher.stack(stack, accept)));

  /**
   * Publishes the stack's part changed; on a node that has none, as the first one.
   * @param asked names it for whoever waits on the other node
   * @throws Refused
   */
  async amend(asked: string, change: (stack: Tree) => Tree): Promise<Published> {
    if (!this.keeper.current) {
      const first = await this.first(change(new Map()));
      if (first.made) return first;
    }
    return this.turns.take(() =>
      this.refusal.remember(asked, async () => {
        const { stack } = await this.keeper.parts(this.keeper.current as Head);
        return this.publisher.stack(change(stack), undefined);
      }),
    );
  }

  /** Publishes the operator's edits, now. */
  publish = (): Promise<Published> => this.turns.take(() => this.edits.publish());

  rollback = (wanted: string | undefined): Promise<Published> =>
    this.turns.take(() => this.publisher.rollback(wanted));
}
