import { treeHash } from "../../node/sync/tree-hash";
import { reasonOf } from "../log";
import type { Keeper } from "./keeper";
import type { Published, Publisher } from "./publisher";
import { Refused } from "./refused";
import { Unreachable } from "./unreachable";

/** What was refused is tried again so rarely. */
const AGAIN_MS = 30_000;

/** What the look at the directory needs of its node. */
interface Edited {
  keeper: Keeper;
  publisher: Publisher;
  isMaster(): boolean;
  now(): number;
  /** Why an edit is not served; nothing when nothing is wrong with it. */
  refused(reason: string | undefined): void;
}

/** The operator's directory: on the MASTER edits are published, elsewhere they are drift. */
export class Edits {
  private edit: { hash: string; failedAt?: number } | undefined;

  constructor(private readonly of: Edited) {}

  /** Whether an edit waits for a second look. */
  get waiting(): boolean {
    return this.edit !== undefined && this.edit.failedAt === undefined;
  }

  async look(): Promise<void> {
    const { keeper, isMaster, refused } = this.of;
    const head = keeper.current;
    if (!head) return;
    const standing = keeper.standing();
    if (standing === "same") {
      keeper.watched.agree(head.parts.sites);
      this.edit = undefined;
      refused(undefined);
    } else if (standing === "edited" && isMaster()) await this.pickUp();
    else keeper.discardEdits();
  }

  /** Publishes what is there, now. @throws Refused */
  async publish(): Promise<Published> {
    const published = await this.of.publisher.operator();
    this.edit = undefined;
    this.of.refused(undefined);
    return published;
  }

  /** Publishes what two looks in turn found alike: nobody is in the middle of writing it. */
  private async pickUp(): Promise<void> {
    const { keeper, now, refused } = this.of;
    const hash = this.fingerprint();
    if (this.edit?.hash !== hash) {
      this.edit = { hash };
      return;
    }
    const { failedAt } = this.edit;
    if (failedAt !== undefined && now() - failedAt < AGAIN_MS) return;
    try {
      await this.publish();
    } catch (error) {
      this.edit = { hash, failedAt: now() };
      if (!(error instanceof Refused || error instanceof Unreachable)) throw error;
      refused(`what was changed in ${keeper.watched.path} is not served: ${reasonOf(error)}`);
    }
  }

  private fingerprint(): string {
    try {
      return treeHash(this.of.keeper.watched.read());
    } catch (error) {
      return `refused: ${reasonOf(error)}`;
    }
  }
}
