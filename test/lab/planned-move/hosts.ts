import { pair } from "../pair/subject";
import { PlannedMove } from "./subject";

export const LAB = "test-planned-move";

/** The pair on one L2 segment. */
export const plannedMove = new PlannedMove(pair, LAB, "lab-hosts");
