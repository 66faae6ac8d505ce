import { afterAll, beforeAll } from "vitest";
import { pair } from "./subject";

// One pair lives through all of this, in this order: a lab and an `up` of its own for each would take an hour.
beforeAll(() => pair.start("test-hosts"));
afterAll(() => pair.end());

import "./bad-input";
import "./up";
import "./master";
import "./faults";
import "./agent";
import "./change";
import "./endurance";
import "./login";
import "./command-line";
import "./replaced-machine";
import "./secrets";
import "./end";
