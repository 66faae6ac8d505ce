import type { Tree } from "../../node/sync/tree-hash";
import { idOf } from "./head";
import type { Keeper } from "./keeper";
import type { Tidings } from "./peer";
import type { Published, Publisher } from "./publisher";
import { Refused } from "./refused";

/** What came of it, or that it has to be waited for. */
export type Waited = Published | "waits";

/** What a node that waits knows. */
interface Known {
  keeper: Keeper;
  publisher: Publisher;
  /** What the peer told last. */
  peer(): (Tidings & { heardAt: number }) | undefined;
}

/** The node that is not MASTER, while `pulumi up` waits there for what it asked the MASTER to publish. */
export class Waiting {
  constructor(private readonly known: Known) {}

  /**
   * Whether this node serves that stack's part already; otherwise it has to be waited for.
   * @param since when the waiting began, `now` of the surroundings: what the peer refused before does not count
   * @throws Refused when it will not come
   */
  forStack(stack: string, accept: string | undefined, since: number): Waited {
    const { current } = this.known.keeper;
    if (current?.declared === stack && current.parts.stack === stack) return this.served();
    if (current) this.known.publisher.checkOverride(current, stack, accept);
    this.mindRefusal(stack, since);
    return "waits";
  }

  /**
   * The same of a stack's part that was amended, to be asked again and again: each generation is read once.
   * @param is whether it is the one
   */
  forPart(asked: string, is: (stack: Tree) => boolean): (since: number) => Waited {
    const { keeper } = this.known;
    let seen: string | undefined;
    return (since) => {
      const id = keeper.current && idOf(keeper.current);
      if (id !== undefined && id !== seen) {
        if (is(keeper.store.read(id).parts.stack)) return this.served();
        seen = id;
      }
      this.mindRefusal(asked, since);
      return "waits";
    };
  }

  private served(): Published {
    const { current, store } = this.known.keeper;
    if (!current) throw new Error("nothing is served");
    return { head: current, made: false, acknowledged: store.acknowledged() === idOf(current) };
  }

  private mindRefusal(asked: string, since: number): void {
    const { refusal, heardAt = 0 } = this.known.peer() ?? {};
    if (refusal?.stack === asked && heardAt - refusal.age >= since) throw new Refused(refusal.reason);
  }
}
