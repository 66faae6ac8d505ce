import { serve } from "../serve";
import { awsProvider } from "./provider";

void serve(awsProvider());
