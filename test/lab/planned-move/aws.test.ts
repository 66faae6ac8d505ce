import { afterAll, beforeAll, describe } from "vitest";
import { AwsSubject } from "../aws/subject";
import { cutsNobodyOff } from "./cuts-nobody-off";
import { PlannedMove } from "./subject";

const LAB = "test-planned-move";
const pair = new AwsSubject(`${LAB}-aws`);
const plannedMove = new PlannedMove(pair, LAB, "lab-aws");

beforeAll(() => pair.start());
afterAll(async () => {
  await plannedMove.end();
  await pair.end();
});

describe("an Elastic IP", () => {
  // The long connections' backend is on the Internet's side: no group of the VPC has a say about it.
  beforeAll(() => plannedMove.serve({ machine: "client", address: pair.plan.clientAddress }));

  cutsNobodyOff(plannedMove);
});
