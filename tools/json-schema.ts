import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { stackJsonSchema } from "../config/json-schema";

writeFileSync(
  join(__dirname, "../config/stack.schema.json"),
  `${JSON.stringify(stackJsonSchema(), null, 2)}\n`,
);
