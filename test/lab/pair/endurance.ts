import { endures } from "../endurance";
import { pair } from "./subject";

endures(pair);
