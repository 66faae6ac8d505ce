import { afterAll, beforeAll } from "vitest";
import { pair } from "../pair/subject";
import { untilSame } from "./words";

// One pair lives through all of this, in this order; it looks and waits less long than by default.
beforeAll(async () => {
  await pair.start("test-sync");
  await pair.configure(["sync"], { interval: 2, bootWait: 6 });
  await pair.mustUp();
  await untilSame();
});
afterAll(() => pair.end());

import "./operator";
import "./secrets";
import "./return";
import "./power";
