import { serve } from "../serve";
import { commandStandIn } from "./provider";

void serve(commandStandIn);
