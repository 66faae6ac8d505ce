import { type Tree, treeHash } from "../../node/sync/tree-hash";
import { reasonOf } from "../log";
import { decide } from "./decide";
import type { Generation, Parts } from "./generation";
import { compare, type Head, idOf } from "./head";
import type { Tidings } from "./peer";
import { Refused } from "./refused";
import { Store } from "./store";
import type { Surroundings } from "./surroundings";
import { Unreachable } from "./unreachable";
import { Watched } from "./watched";

/**
 * What a node has, and how it changes: the one place that switches. A switch is written down before it is done and
 * until it is proved, so that whoever starts after a crash ends it, either way.
 */
export class Keeper {
  readonly store: Store;
  readonly watched: Watched;
  private head: Head | undefined;

  constructor(private readonly around: Surroundings) {
    this.store = new Store(around, around.layout);
    this.watched = new Watched(around.home, around.state, around.layout);
  }

  /** What is served, and proved. */
  get current(): Head | undefined {
    return this.head;
  }

  /** Ends what an earlier run began. To be called once, before everything else. */
  async recover(): Promise<void> {
    const { store, around } = this;
    store.sweep();
    const journal = store.openJournal();
    if (journal && store.serving() === journal.to) {
      if (!(await this.isServed(journal.to))) await this.goBack(journal.from);
      around.log("ended an interrupted switch", { to: journal.to, serving: store.serving() });
    }
    if (journal) store.endJournal();
    const now = store.serving();
    this.head = now === undefined ? undefined : this.readable(now);
    if (this.head) store.settle();
    // A reload may have been missed: by a crash after the switch, or by somebody's hand.
    if (now !== undefined && !journal && !(await this.isServed(now, "started")))
      around.log("nginx does not serve the current generation", { id: now });
  }

  /** Its head; nothing when that cannot be read any more: the peer has it. */
  private readable(id: string): Head | undefined {
    try {
      return this.store.headOf(id);
    } catch (error) {
      this.around.log("a generation is damaged", { id, reason: reasonOf(error) });
      return undefined;
    }
  }

  /** Has nginx serve what is on disk under this id. */
  private async isServed(id: string, why?: "started"): Promise<boolean> {
    try {
      return await this.around.nginx.bring(this.store.read(id), why);
    } catch (error) {
      this.around.log("cannot serve a generation", { id, reason: reasonOf(error) });
      return false;
    }
  }

  /** Writes a generation beside the others and tests it. @throws Refused */
  async stage(generation: Generation): Promise<void> {
    const { store, around } = this;
    if (this.head && compare(generation.head, this.head) <= 0)
      throw new Refused(`${idOf(generation.head)} is older than ${idOf(this.head)}, which is served here`);
    await store.stage(generation, around.nginx.test, around.step);
  }

  /**
   * Serves a staged generation, or goes on with what was served.
   * @throws Refused when nginx does not serve it
   */
  async switchTo(id: string): Promise<void> {
    const { store, around } = this;
    const generation = store.read(id);
    const { head, parts } = generation;
    const from = store.serving();
    store.journal({ to: id, from });
    await around.step("journalled");
    store.point(id);
    await around.step("switched");
    const served = this.sameContent(head) || (await around.nginx.bring(generation));
    await around.step("reloaded");
    if (!served) {
      await this.goBack(from);
      store.endJournal();
      throw new Refused(
        `nginx on ${around.node} does not serve ${id} after its reload; it was switched back (see: journalctl -u nginx)`,
      );
    }
    store.endJournal();
    this.head = head;
    await around.step("accepted");
    store.settle();
    around.log("serves", { generation: id, source: head.source, by: head.by });
    // What was read to make it is what the directory was; somebody may have gone on writing there.
    if (head.source === "operator" && head.by === around.node) this.watched.agree(head.parts.sites);
    this.mirror(parts.sites);
    await around.step("mirrored");
  }

  private sameContent = (head: Head): boolean => this.head?.hash === head.hash;

  private async goBack(from: string | undefined): Promise<void> {
    if (from === undefined) return this.store.pointNowhere();
    this.store.point(from);
    if (!(await this.isServed(from)))
      this.around.log("nginx does not serve the generation before, either", { id: from });
  }

  /** Lets the operator's directory follow what is served; edits of what is served still are left there. */
  private mirror(sites: Tree): void {
    const standing = this.standing();
    if (standing === "same") this.watched.agree(treeHash(sites));
    else if (standing !== "edited") this.replaceEdits(sites);
  }

  private replaceEdits(sites: Tree): void {
    const kept = this.watched.replace(sites);
    if (kept !== undefined) this.around.log("local edits were replaced", { kept });
  }

  /** How the operator's directory stands; `edited` too when it holds what is not to be taken. */
  standing(): ReturnType<Watched["standing"]> {
    if (!this.head) return "same";
    try {
      return this.watched.standing(this.watched.read(), this.head.parts.sites);
    } catch (error) {
      if (error instanceof Refused) return "edited";
      throw error;
    }
  }

  /** Replaces the operator's directory by what is served; what somebody else wrote there is kept aside. */
  discardEdits(): void {
    if (!this.head) return;
    this.replaceEdits(this.store.read(idOf(this.head)).parts.sites);
  }

  /** What is wrong with the files that are served; nothing when they are as they were accepted. */
  damage(): string | undefined {
    if (!this.head) return undefined;
    try {
      this.store.read(idOf(this.head));
      return undefined;
    } catch (error) {
      return reasonOf(error);
    }
  }

  /** What is served, whole: from the peer when it was damaged here. @throws Refused when nobody has it, Unreachable when the peer cannot be asked now */
  async parts(head: Head): Promise<Parts> {
    const id = idOf(head);
    let damage: string;
    try {
      return this.store.read(id).parts;
    } catch (error) {
      damage = reasonOf(error);
    }
    const generation = await this.around.peer.fetch(id).catch((error: unknown) => {
      const why = `${damage}, and it cannot be had from the other node: ${reasonOf(error)}`;
      throw error instanceof Unreachable ? new Unreachable(why) : new Refused(why);
    });
    await this.repair(generation);
    return generation.parts;
  }

  /** Puts the same generation, whole, in the place of a damaged one. */
  async repair(generation: Generation): Promise<void> {
    const { store, around } = this;
    await store.stage(generation, around.nginx.test, around.step);
    await around.nginx.bring(generation, "repaired");
    around.log("repaired", { generation: idOf(generation.head) });
  }

  /** What was told says whether both nodes have the same: this node's is acknowledged then. */
  learn(theirs: Head | undefined): void {
    const mine = this.head;
    if (mine && theirs && idOf(mine) === idOf(theirs)) this.acknowledge(idOf(mine));
  }
  acknowledge(id: string): void {
    try {
      this.store.acknowledge(id);
    } catch (error) {
      this.around.log("cannot write down what is acknowledged", { id, reason: reasonOf(error) });
    }
  }

  decide(theirs: Pick<Tidings, "head" | "master">): ReturnType<typeof decide> {
    return decide({
      mine: this.head,
      theirs: theirs.head,
      master: { mine: this.around.isMaster(), theirs: theirs.master },
      senior: this.around.senior,
    });
  }
}
