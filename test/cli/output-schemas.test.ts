import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { outputSchemas, outputs } from "../../cli/output-schemas";

const directory = join(__dirname, "../../cli/schemas");

it.each(
  Object.keys(outputs),
)("cli/schemas/%s.schema.json is what the zod schema says (npm run schema)", (name) => {
  const stored = JSON.parse(readFileSync(join(directory, `${name}.schema.json`), "utf8"));
  expect(stored).toEqual(JSON.parse(JSON.stringify(outputSchemas()[name])));
});

it("has no schema of a command that is gone", () => {
  const names = readdirSync(directory).map((file) => file.replace(".schema.json", ""));
  expect(names.sort()).toEqual(Object.keys(outputs).sort());
});
