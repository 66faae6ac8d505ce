import { afterAll, beforeAll } from "vitest";
import { pair } from "./pair";

// One Region and one pair live through all of this, in this order.
beforeAll(() => pair.start());
afterAll(() => pair.end());

import "./bad-input";
import "./up";
import "./isolation";
import "./operator";
import "./elastic-ip";
import "./sync";
import "./replacement";
import "./end";
