import { setTimeout as sleep } from "node:timers/promises";
import { type Tree, treeHash } from "../../node/sync/tree-hash";
import { reasonOf } from "../log";
import { Alarms } from "./alarms";
import type { Decision } from "./decide";
import { type Head, idOf, isId } from "./head";
import { judge } from "./judge";
import { Keeper } from "./keeper";
import type { Peer, Refusal, Tidings } from "./peer";
import { type Published, Publisher } from "./publisher";
import { Refused } from "./refused";
import type { Surroundings } from "./surroundings";
import { Turns } from "./turns";

/** What the peer refused, or this node's nginx, is tried again so rarely. */
const REFUSED_AGAIN_MS = 30_000;
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
  private readonly publisher: Publisher;
  private readonly turns = new Turns();
  /** Whether heads were exchanged since the start, and this node has the later one. */
  confirmed = false;
  peer: (Tidings & { heardAt: number }) | undefined;
  private refusal: (Omit<Refusal, "age"> & { at: number }) | undefined;
  private refusedFetch: { id: string; at: number } | undefined;
  private edit: { hash: string; failedAt?: number } | undefined;
  private unacknowledgedSince: number | undefined;
  private readonly started: number;
  private mendedAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly around: Surroundings) {
    this.keeper = new Keeper(around);
    this.publisher = new Publisher(around, this.keeper);
    this.alarms = new Alarms(around.log);
    this.started = around.now();
  }

  recover = (): Promise<void> => this.turns.take(() => this.keeper.recover());

  get current(): Head | undefined {
    return this.keeper.current;
  }

  private tidings(): Tidings {
    const { current: head } = this.keeper;
    const { node } = this.around;
    return {
      node,
      master: this.around.isMaster(),
      ...(head && { head }),
      ...(this.refusal && { refusal: this.toldNow(this.refusal) }),
    };
  }

  private toldNow = ({ at, ...refusal }: { at: number; stack: string; reason: string }): Refusal => ({
    ...refusal,
    age: Math.round(this.around.now() - at),
  });

  /** What the peer may ask for. */
  readonly answers: Peer = {
    exchange: async (theirs) => {
      this.hear(theirs);
      if (["fetch", "yield", "supersede"].includes(this.keeper.decide(theirs))) this.around.wake();
      return this.tidings();
    },
    prepare: (generation) =>
      this.turns.takeWithin(BUSY_MS, async () => {
        this.mustFollow(generation.head);
        if (!this.keeper.store.has(idOf(generation.head))) await this.keeper.stage(generation);
      }),
    commit: (id) =>
      this.turns.takeWithin(BUSY_MS, async () => {
        const current = this.keeper.current;
        if (current && idOf(current) === id) return;
        if (!isId(id) || !this.keeper.store.has(id)) throw new Error(`${id} was not prepared`);
        await this.follow(this.keeper.store.headOf(id));
        this.around.wake();
      }),
    fetch: async (id) => {
      if (!isId(id)) throw new Refused("no id of a generation");
      return this.keeper.store.read(id);
    },
  };

  /** @throws Refused when what the peer publishes does not come after what this node has */
  private mustFollow(head: Head): Decision {
    const decision = this.keeper.decide({ head, master: true });
    if (decision === "fetch" || decision === "yield" || decision === "equal") return decision;
    throw new Refused(
      `${this.around.node} does not follow ${idOf(head)}: it has ${idOf(this.current as Head)}`,
    );
  }

  /** Switches to a staged generation of the peer's; both have it then. */
  private async follow(head: Head): Promise<void> {
    const decision = this.mustFollow(head);
    if (decision === "equal") return;
    const mine = this.keeper.current;
    if (decision === "yield" && mine) this.keeper.store.keepConflict(this.keeper.store.read(idOf(mine)));
    await this.keeper.switchTo(idOf(head));
    this.keeper.acknowledge(idOf(head));
    await this.around.step("acknowledged");
  }

  private hear(theirs: Tidings): void {
    this.peer = { ...theirs, heardAt: this.around.now() };
    this.keeper.learn(theirs.head);
  }

  /** Exchanges heads, and does what follows; then looks at the operator's directory. Never throws. */
  cycle = (): Promise<void> =>
    this.turns.take(async () => {
      const errors: unknown[] = [];
      await this.meet().catch((error: unknown) => errors.push(error));
      await this.look().catch((error: unknown) => errors.push(error));
      await Promise.resolve()
        .then(() => this.judge())
        .catch((error: unknown) => errors.push(error));
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
    if (head && decision === "equal") await this.mend(head);
    if (head && (decision === "fetch" || decision === "yield")) await this.fetch(head);
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

  private async fetch(head: Head): Promise<void> {
    const id = idOf(head);
    const { refusedFetch: refused } = this;
    if (refused?.id === id && this.around.now() - refused.at < REFUSED_AGAIN_MS) return;
    try {
      if (!this.keeper.store.has(id)) await this.keeper.stage(await this.around.peer.fetch(id));
      await this.around.step("fetched");
      await this.follow(head);
      this.refusedFetch = undefined;
      this.alarms.set("refused", undefined);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.refusedFetch = { id, at: this.around.now() };
      this.alarms.set("refused", `the peer serves ${id}, and this node refuses it: ${error.message}`);
    }
  }

  /** The operator's directory: on the MASTER edits are published, elsewhere they are drift. */
  private async look(): Promise<void> {
    const { keeper, around } = this;
    const head = keeper.current;
    if (!head) return;
    const standing = keeper.standing();
    if (standing === "same") {
      keeper.watched.agree(head.parts.sites);
      this.edit = undefined;
      if (!this.refusedFetch) this.alarms.set("refused", undefined);
    } else if (standing === "edited" && around.isMaster()) await this.pickUp();
    else keeper.discardEdits();
  }

  /** Publishes what two looks in turn found alike: nobody is in the middle of writing it. */
  private async pickUp(): Promise<void> {
    const found = this.fingerprint();
    if (this.edit?.hash !== found) {
      this.edit = { hash: found };
      return;
    }
    const { failedAt } = this.edit;
    if (failedAt !== undefined && this.around.now() - failedAt < REFUSED_AGAIN_MS) return;
    try {
      await this.publisher.operator();
      this.edit = undefined;
      this.alarms.set("refused", undefined);
    } catch (error) {
      this.edit = { hash: found, failedAt: this.around.now() };
      if (!(error instanceof Refused)) throw error;
      this.alarms.set(
        "refused",
        `what was changed in ${this.keeper.watched.path} is not served: ${reasonOf(error)}`,
      );
    }
  }

  /** Whether an edit waits for a second look. */
  get edited(): boolean {
    return this.edit !== undefined && this.edit.failedAt === undefined;
  }

  private fingerprint(): string {
    try {
      return treeHash(this.keeper.watched.read());
    } catch (error) {
      return `refused: ${reasonOf(error)}`;
    }
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

  /** Waits a little for a connection that is being made: what the peer has comes before a first one of this node's. */
  private async reach(): Promise<void> {
    for (const deadline = Date.now() + REACH_MS; Date.now() < deadline; await sleep(100)) {
      const reached = await this.around.peer.exchange(this.tidings()).catch(() => undefined);
      if (reached) return;
    }
  }

  /** Publishes the stack's part. @throws Refused, and remembers why for whoever waits on the other node */
  publishStack = (stack: Tree, accept: string | undefined): Promise<Published> =>
    this.turns.take(() => this.asked(treeHash(stack), () => this.publisher.stack(stack, accept)));

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
      this.asked(asked, async () => {
        const { stack } = await this.keeper.parts(this.keeper.current as Head);
        return this.publisher.stack(change(stack), undefined);
      }),
    );
  }

  private async asked(asked: string, publish: () => Promise<Published>): Promise<Published> {
    try {
      const published = await publish();
      this.refusal = undefined;
      return published;
    } catch (error) {
      this.refusal = { stack: asked, reason: reasonOf(error), at: this.around.now() };
      throw error;
    }
  }

  /** Publishes the operator's edits, now. */
  publish = (): Promise<Published> =>
    this.turns.take(async () => {
      const published = await this.publisher.operator();
      this.edit = undefined;
      this.alarms.set("refused", undefined);
      return published;
    });

  rollback = (wanted: string | undefined): Promise<Published> =>
    this.turns.take(() => this.publisher.rollback(wanted));

  /**
   * Whether this node serves that stack's part already; otherwise it has to be waited for.
   * @param since when the waiting began, `now` of the surroundings: what the peer refused before does not count
   * @throws Refused when it will not come
   */
  waitsFor(stack: string, accept: string | undefined, since: number): Waiting {
    const { current } = this.keeper;
    if (current?.declared === stack && current.parts.stack === stack) return this.served(current);
    if (current) this.publisher.checkOverride(current, stack, accept);
    this.mindRefusal(stack, since);
    return "waits";
  }

  /** The same of a stack's part that was amended. @param is whether it is the one @throws Refused when it will not come */
  waitsForPart(asked: string, since: number, is: (stack: Tree) => boolean): Waiting {
    const { current, store } = this.keeper;
    if (current && is(store.read(idOf(current)).parts.stack)) return this.served(current);
    this.mindRefusal(asked, since);
    return "waits";
  }

  private served = (head: Head): Published => ({
    head,
    made: false,
    acknowledged: this.keeper.store.acknowledged() === idOf(head),
  });

  private mindRefusal(asked: string, since: number): void {
    const { refusal, heardAt = 0 } = this.peer ?? {};
    if (refusal?.stack === asked && heardAt - refusal.age >= since) throw new Refused(refusal.reason);
  }
}

/** What came of it, or that it has to be waited for. */
export type Waiting = Published | "waits";
