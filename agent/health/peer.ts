import { ask, type Probed } from "./probe";
import { parseWord, type Word } from "./word";

/** What the peer last told, and when it could take over last. */
export class Peer {
  private last: Word | undefined;
  private eligible = Number.NEGATIVE_INFINITY;
  private fault = Number.NEGATIVE_INFINITY;
  private heard = Number.NEGATIVE_INFINITY;

  constructor(private readonly nginx: Probed) {}

  /** Asks once. */
  async look(limitMs: number, now: () => number = () => performance.now()): Promise<void> {
    this.hear(parseWord(await ask(this.nginx, "/word", limitMs)), now());
  }

  hear(word: Word | undefined, now: number): void {
    if (word && word.sequence !== this.last?.sequence) {
      this.heard = now;
      if (word.eligible) this.eligible = now;
      if (word.faultAge !== undefined) this.fault = now - word.faultAge * 1000;
    }
    this.last = word;
  }

  get eligibleAt(): number {
    return this.eligible;
  }
  get faultAt(): number {
    return this.fault;
  }
  /** Its VRRP state, or `-` when it has told nothing new for a while. */
  vrrp(now: number): string {
    return this.last && now - this.heard < 5000 ? this.last.vrrp : "-";
  }
}
