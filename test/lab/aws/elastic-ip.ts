import { endures } from "../endurance";
import { survivesApi } from "./api-faults";
import { failsOver } from "./faults";
import { pair } from "./pair";
import { elasticIp } from "./places";

failsOver(pair, elasticIp(pair));
survivesApi(pair, elasticIp(pair));
endures(pair);
