import { afterAll, beforeAll } from "vitest";
import { cutsNobodyOff } from "./cuts-nobody-off";
import { LAB, plannedMove } from "./hosts";
import { outlivesItsCommand } from "./interrupted";
import { movesByIpv6 } from "./ipv6";
import { outlivesKills } from "./killed";
import { outlivesTrouble } from "./outlives-trouble";
import { tellsConnectionsApart } from "./same-port";
import { handsOverFirst } from "./stopped";
import { takesSynCookies } from "./syn-cookies";
import { endsInTime } from "./time-over";
import { tellsWhatIsLeft } from "./trouble";

const { pair } = plannedMove;

// One pair lives through all of this, in this order.
beforeAll(async () => {
  await pair.start(`${LAB}-hosts`);
  await pair.configureIpv6();
  await plannedMove.serve({ machine: "backend-1", address: pair.machine("backend-1").address, port: 80 });
});
afterAll(async () => {
  await plannedMove.end();
  await pair.end();
});

cutsNobodyOff(plannedMove);

movesByIpv6();
tellsConnectionsApart();
takesSynCookies();
outlivesItsCommand();
handsOverFirst();
outlivesTrouble(plannedMove);
outlivesKills(plannedMove);
tellsWhatIsLeft();
endsInTime();
