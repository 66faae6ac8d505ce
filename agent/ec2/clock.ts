/** More than this is no delay of the network; EC2 refuses what is five minutes off (General Reference, SigV4). */
const BEARABLE_MS = 60_000;

/** The time as EC2 has it: with a clock that is off by more than minutes, every call would be refused. */
export class Clock {
  private offset = 0;

  /** @param told how many seconds the machine's clock is ahead, when that begins, and 0 when it is over */
  constructor(
    private readonly told: (seconds: number) => void = () => {},
    private readonly local: () => number = Date.now,
  ) {}

  now = (): number => this.local() + this.offset;

  /** @param date the header of an answer */
  learn(date: string | undefined): void {
    const theirs = Date.parse(date ?? "");
    if (Number.isNaN(theirs)) return;
    const ahead = this.local() - theirs;
    const offset = Math.abs(ahead) > BEARABLE_MS ? -ahead : 0;
    if ((offset === 0) !== (this.offset === 0)) this.told(offset === 0 ? 0 : Math.round(ahead / 1000));
    this.offset = offset;
  }
}
