import { startPair } from "./start";

// What `npm run test:full` has on top of sync.test.ts.
startPair("test-sync-whole");

import "./more-files";
import "./rollback";
import "./return-without";
import "./trouble";
import "./way";
import "./service";
