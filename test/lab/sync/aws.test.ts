import "./on-region";
import { startPair } from "./start";

// All of it once more on the lab's Region: `npm run test:full` alone has the time.
startPair("test-sync-aws");

import "./operator";
import "./secrets";
import "./return";
import "./partition";
import "./power";
import "./more-files";
import "./rollback";
import "./return-without";
import "./trouble";
import "./way";
import "./service";
