import { afterAll, beforeAll, describe } from "vitest";
import { commands } from "./commands";
import { life } from "./life";
import { power } from "./power";
import { end, start } from "./subject";
import { wire } from "./wire";

const canBoot = process.platform === "linux" && process.getuid?.() === 0;

// One lab lives through all of this, in this order.
describe.skipIf(!canBoot)("a lab of two machines", () => {
  beforeAll(start);
  afterAll(end);

  commands();
  wire();
  power();
  life();
});
