import { afterAll, beforeAll, beforeEach, describe } from "vitest";
import { elasticIps } from "./elastic-ips";
import { securityGroups } from "./groups";
import { interfaces } from "./interfaces";
import { outside } from "./outside";
import { replacing } from "./replacing";
import { sourcesAndRoutes } from "./routes";
import { vpc } from "./running";

const canBoot = process.platform === "linux" && process.getuid?.() === 0;

// One network lives through all of this; each test begins with it as it was made.
describe.skipIf(!canBoot)("a VPC of namespaces", () => {
  beforeAll(() => vpc.start());
  beforeEach(() => vpc.restore());
  afterAll(() => vpc.end());

  securityGroups();
  sourcesAndRoutes();
  elasticIps();
  outside();
  replacing();
  interfaces();
});
