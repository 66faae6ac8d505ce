import { afterAll, beforeAll, beforeEach } from "vitest";
import { heal } from "./heal";
import { pair } from "./subject";
import { untilSame } from "./words";

/** One pair lives through all tests of a file, in their order; it looks and waits less long than by default. */
export function startPair(name: string): void {
  beforeAll(async () => {
    await pair.start(name);
    await pair.configure(["sync"], { interval: 2, bootWait: 6 });
    await pair.mustUp();
    await untilSame();
  });
  beforeEach(heal);
  afterAll(() => pair.end());
}
