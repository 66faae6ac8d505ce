import { treeHash } from "../../node/sync/tree-hash";
import { reasonOf } from "../log";
import type { Generation, Parts } from "./generation";
import { type Change, type Head, idOf, isOverridden, nextHead } from "./head";
import type { Keeper } from "./keeper";
import { Refused } from "./refused";
import type { Surroundings } from "./surroundings";

/** What came of a publication. */
export interface Published {
  head: Head;
  /** Whether a generation was made; what is served already is not published again. */
  made: boolean;
  /** Both nodes have it on their disks; otherwise only this one, and why. */
  acknowledged: boolean;
  peer?: string;
}

/** Makes generations: on the MASTER only, and both nodes have tested one before either serves it, when the peer is there. */
export class Publisher {
  constructor(
    private readonly around: Surroundings,
    private readonly keeper: Keeper,
  ) {}

  /** The first generation of all. */
  first(stack: Parts["stack"]): Promise<Published> {
    return this.publish({ stack, sites: new Map() }, { source: "stack", declared: treeHash(stack) });
  }

  /**
   * What `pulumi up` brought, with the operator's part as it is served.
   * @param accept the rollback that may be undone
   */
  async stack(stack: Parts["stack"], accept: string | undefined): Promise<Published> {
    const head = this.served();
    const declared = treeHash(stack);
    this.checkOverride(head, declared, accept);
    const { sites } = await this.keeper.parts(head);
    return this.publish({ stack, sites }, { source: "stack", declared });
  }

  /** @throws Refused when it would undo a rollback that nobody has given up */
  checkOverride(head: Head, declared: string, accept: string | undefined): void {
    if (!isOverridden(head) || declared === head.parts.stack) return;
    const { rolledBack = idOf(head) } = head;
    if (accept === rolledBack || accept?.startsWith(`${rolledBack}-`)) return;
    throw new Refused(
      `${this.around.node} serves ${idOf(head)}, and this up would undo the rollback ${rolledBack}; to do so, set sync.acceptOverride to ${rolledBack}`,
    );
  }

  /** What an operator or a tool changed in the watched directory. */
  async operator(): Promise<Published> {
    const head = this.served();
    const { watched } = this.keeper;
    const sites = watched.read();
    const outside = [...sites].find(([, content]) => content.includes(watched.path));
    if (outside)
      throw new Refused(
        `${watched.path}/${outside[0]} names ${watched.path}, which may change while nginx reads it; write paths from sites/ on, such as: include sites/part.inc`,
      );
    const { stack, sites: served } = await this.keeper.parts(head);
    this.around.admit?.(sites, served);
    return this.publish({ stack, sites }, { source: "operator", declared: head.declared });
  }

  /** Makes an earlier generation the next one. @param wanted its number or id; the one before this unless told */
  async rollback(wanted: string | undefined): Promise<Published> {
    const { store } = this.keeper;
    const [now, ...earlier] = store.history();
    const found =
      wanted === undefined ? earlier[0] : earlier.find((id) => id === wanted || numberOf(id) === wanted);
    if (found === undefined) {
      const those = earlier.length > 0 ? `there are ${earlier.join(", ")}` : "there is none before it";
      throw new Refused(`${wanted ?? "the one before"} is no generation to go back to from ${now}; ${those}`);
    }
    const { parts } = store.read(found);
    return this.publish(parts, { source: "rollback", declared: this.served().declared });
  }

  /** This node's generation once more, above both that were published on the two sides of a partition. */
  async supersede(theirs: Head): Promise<Published> {
    const head = this.served();
    const parts = await this.keeper.parts(head);
    return this.publish(parts, { source: "conflict", declared: head.declared, above: theirs });
  }

  private served(): Head {
    const { current } = this.keeper;
    if (current) return current;
    throw new Refused(`${this.around.node} has no generation yet; run pulumi up`);
  }

  private async publish(
    parts: Parts,
    change: Pick<Change, "source" | "declared" | "above">,
  ): Promise<Published> {
    const { around, keeper } = this;
    const { current } = keeper;
    const hashes = this.around.layout.hashesOf(parts);
    if (current && hashes.hash === current.hash && change.declared === current.declared && !change.above) {
      keeper.watched.agree(current.parts.sites);
      return { head: current, made: false, acknowledged: keeper.store.acknowledged() === idOf(current) };
    }
    this.mustBeMaster(current);
    const head = nextHead(current, { ...change, ...hashes, by: around.node, at: new Date().toISOString() });
    const id = idOf(head);
    await keeper.stage({ head, parts });
    const absent = await this.prepare({ head, parts });
    this.mustBeMaster(current);
    await keeper.switchTo(id);
    const peer = absent ?? (await this.commit(id));
    return { head, made: true, acknowledged: peer === undefined, ...(peer !== undefined && { peer }) };
  }

  /** Only the MASTER publishes; the first generation of all comes before there is one. */
  private mustBeMaster(current: Head | undefined): void {
    if (current && !this.around.isMaster())
      throw new Refused(
        `${this.around.node} is not MASTER, and only the MASTER publishes; do it on the other node`,
      );
  }

  /** @returns why the peer could not be asked. @throws Refused when it says no: nothing was changed */
  private async prepare(generation: Generation): Promise<string | undefined> {
    try {
      await this.around.peer.prepare(generation);
    } catch (error) {
      if (!(error instanceof Refused)) return reasonOf(error);
      this.keeper.store.remove(idOf(generation.head));
      throw error;
    }
    await this.around.step("prepared");
    return undefined;
  }

  private async commit(id: string): Promise<string | undefined> {
    try {
      await this.around.peer.commit(id);
    } catch (error) {
      return reasonOf(error);
    }
    await this.around.step("committed");
    this.keeper.acknowledge(id);
    await this.around.step("acknowledged");
    return undefined;
  }
}

const numberOf = (id: string): string | undefined => id.split("-")[1];
