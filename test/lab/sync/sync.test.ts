import { startPair } from "./start";

startPair("test-sync");

import "./operator";
import "./secrets";
import "./return";
import "./partition";
import "./power";
