import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { parse } from "yaml";
import { stackJsonSchema } from "../../config/json-schema";

const root = join(__dirname, "../..");
const stored = JSON.parse(readFileSync(join(root, "config/stack.schema.json"), "utf8"));

it("config/stack.schema.json is what the zod schema says (npm run schema)", () => {
  expect(stored).toEqual(JSON.parse(JSON.stringify(stackJsonSchema())));
});

it("Pulumi.example.yaml shows every key that the schema has", () => {
  const example = parse(readFileSync(join(root, "Pulumi.example.yaml"), "utf8"));
  expect(keys(stored.properties.config.properties["nginx-ha:cluster"])).toEqual(
    used(example.config["nginx-ha:cluster"]),
  );
});

it("Pulumi.yaml declares the stack's keys", () => {
  const project = parse(readFileSync(join(root, "Pulumi.yaml"), "utf8"));
  const declared = Object.keys(project.config).map((key) => `nginx-ha:${key}`);
  expect(declared).toEqual(Object.keys(stored.properties.config.properties));
  expect(project.config.sshPrivateKey.secret).toBe(true);
});

interface Schema {
  properties?: Record<string, Schema>;
  items?: Schema;
}

/** The dotted paths of all keys in a JSON schema; a list's items count as the list's keys. */
function keys(schema: Schema, path = ""): string[] {
  const inside = Object.entries(schema.properties ?? schema.items?.properties ?? {});
  return inside.flatMap(([key, value]) => [`${path}${key}`, ...keys(value, `${path}${key}.`)]).sort();
}

function used(value: unknown, path = ""): string[] {
  const items = Array.isArray(value) ? value : [value];
  const all = items
    .filter((item) => item !== null && typeof item === "object")
    .flatMap((item) =>
      Object.entries(item).flatMap(([key, inner]) => [`${path}${key}`, ...used(inner, `${path}${key}.`)]),
    );
  return [...new Set(all)].sort();
}
