import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { outputSchemas } from "../cli/output-schemas";
import { stackJsonSchema } from "../config/json-schema";

const write = (path: string, schema: object): void =>
  writeFileSync(join(__dirname, "..", path), `${JSON.stringify(schema, null, 2)}\n`);

write("config/stack.schema.json", stackJsonSchema());
for (const [name, schema] of Object.entries(outputSchemas()))
  write(`cli/schemas/${name}.schema.json`, schema);
