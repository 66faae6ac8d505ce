import { afterAll, beforeAll } from "vitest";
import { pair } from "../pair/subject";
import { LAB } from "./subject";

// One pair lives through all of this, in this order.
beforeAll(async () => {
  await pair.start(`${LAB}-hosts`);
  await pair.mustUp();
  await pair.untilHealthy();
});
afterAll(() => pair.end());

import "./status";
import "./switchover";
import "./drill";
import "./prober";
import "./configuration";
import "./small-commands";
import "./bad-input";
import "./end";
