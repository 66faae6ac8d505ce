import type { Alarms } from "./alarms";
import type { Decision } from "./decide";
import { type Head, idOf, isId } from "./head";
import type { Keeper } from "./keeper";
import { Refused } from "./refused";
import type { Surroundings } from "./surroundings";

/** What this node refused of the peer's is tried again so rarely. */
const REFUSED_AGAIN_MS = 30_000;

/** A node that follows its peer: takes over what comes after what it has, and refuses everything else. */
export class Follower {
  private refused: { id: string; at: number } | undefined;

  constructor(
    private readonly around: Pick<Surroundings, "node" | "now" | "step" | "peer">,
    private readonly keeper: Keeper,
    private readonly alarms: Alarms,
  ) {}

  /** Whether there is something of the peer's that this node does not take. */
  get refuses(): boolean {
    return this.refused !== undefined;
  }

  /** There is nothing to follow any more. */
  forget(): void {
    this.refused = undefined;
  }

  /** @throws Refused when what the peer publishes does not come after what this node has */
  mustFollow(head: Head): Decision {
    const decision = this.keeper.decide({ head, master: true });
    if (decision === "fetch" || decision === "yield" || decision === "equal") return decision;
    throw new Refused(
      `${this.around.node} does not follow ${idOf(head)}: it has ${idOf(this.keeper.current as Head)}`,
    );
  }

  /** Switches to a staged generation of the peer's; both have it then. @throws Error when it is not staged */
  async commit(id: string): Promise<void> {
    if (!isId(id) || !this.keeper.store.has(id)) throw new Error(`${id} was not prepared`);
    await this.follow(this.keeper.store.headOf(id));
  }

  /** Gets what the peer serves, and switches to it; one that is refused is an alarm, and is left alone for a while. */
  async fetch(head: Head): Promise<void> {
    const id = idOf(head);
    if (this.refused?.id === id && this.around.now() - this.refused.at < REFUSED_AGAIN_MS) return;
    try {
      if (!this.keeper.store.has(id)) await this.keeper.stage(await this.around.peer.fetch(id));
      await this.around.step("fetched");
      await this.follow(head);
      this.forget();
      this.alarms.set("refused", undefined);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.refused = { id, at: this.around.now() };
      this.alarms.set("refused", `the peer serves ${id}, and this node refuses it: ${error.message}`);
    }
  }

  private async follow(head: Head): Promise<void> {
    const decision = this.mustFollow(head);
    if (decision === "equal") return;
    const mine = this.keeper.current;
    if (decision === "yield" && mine) this.keeper.store.keepConflict(this.keeper.store.read(idOf(mine)));
    await this.keeper.switchTo(idOf(head));
    this.keeper.acknowledge(idOf(head));
    await this.around.step("acknowledged");
  }
}
