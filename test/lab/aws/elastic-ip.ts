import { endures } from "../endurance";
import { survivesApi } from "./api-faults";
import { pair } from "./pair";

survivesApi(pair, { look: "DescribeAddresses", move: "AssociateAddress" });
endures(pair);
