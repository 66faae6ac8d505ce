import { afterAll, beforeAll } from "vitest";
import { plannedMove } from "./subject";

// One pair lives through all of this, in this order.
beforeAll(() => plannedMove.start());
afterAll(() => plannedMove.end());

import "./connections";
import "./interrupted";
import "./stopped";
import "./trouble";
import "./time-over";
