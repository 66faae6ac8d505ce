import { afterAll, beforeAll } from "vitest";
import { cutsNobodyOff } from "./cuts-nobody-off";
import { LAB, plannedMove } from "./hosts";
import { outlivesTrouble } from "./outlives-trouble";

const { pair } = plannedMove;

// One pair lives through all of this, in this order.
beforeAll(async () => {
  await pair.start(`${LAB}-hosts`);
  await plannedMove.serve({ machine: "backend-1", address: pair.machine("backend-1").address, port: 80 });
});
afterAll(async () => {
  await plannedMove.end();
  await pair.end();
});

cutsNobodyOff(plannedMove);

import "./interrupted";
import "./stopped";
outlivesTrouble(plannedMove);

import "./trouble";
import "./time-over";
