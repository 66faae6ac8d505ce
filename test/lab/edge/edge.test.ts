import { afterAll, beforeAll } from "vitest";
import { edge } from "./subject";

// One pair serves all of this: a lab and an `up` of its own for each would take an hour.
beforeAll(() => edge.start());
afterAll(() => edge.end());

import "./http";
import "./limits";
import "./tls";
import "./failures";
import "./acme";
