/** Lets one thing happen at a time. */
export class Turns {
  private last: Promise<unknown> = Promise.resolve();

  /** Runs `work` when everything before it is done. */
  take<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.last.then(work);
    this.last = mine.catch(() => {});
    return mine;
  }

  /** The same, unless its turn has not come after `limitMs`: two nodes that wait for each other both go on. */
  async takeWithin<T>(limitMs: number, work: () => Promise<T>): Promise<T> {
    let late = false;
    let timer: NodeJS.Timeout | undefined;
    const waited = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        late = true;
        reject(new Error(`is busy with another change for ${limitMs / 1000} s`));
      }, limitMs);
    });
    const mine = this.take(async () => {
      clearTimeout(timer);
      if (late) throw new Error("too late");
      return work();
    });
    mine.catch(() => {});
    return Promise.race([mine, waited]).finally(() => clearTimeout(timer));
  }
}
