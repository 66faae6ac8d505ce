import type { Failure } from "../provider";
import { isValues, Secret, secret, Unknown, type Value, type Values } from "../wire";

/** What an input may hold. */
type Shape =
  | "string"
  | "number"
  | "boolean"
  | "anything"
  | { list: Shape }
  | { map: Shape }
  | { fields: Fields };

/** One input: its shape, whether it must be there, what it is when it is not, whether it is always secret. */
interface Field {
  shape: Shape;
  required?: boolean;
  default?: Value;
  secret?: boolean;
}

export type Fields = Record<string, Field>;

const unknownProperty = "the lab's stand-in for the command provider does not know this property";

/** The value with the defaults of its shape filled in; what does not fit is added to the failures. */
function shaped(value: Value, shape: Shape, path: string, failures: Failure[]): Value {
  if (value instanceof Unknown) return value;
  if (value instanceof Secret) return secret(shaped(value.value, shape, path, failures));
  const refuse = (reason: string): Value => {
    failures.push({ property: path, reason });
    return value;
  };
  if (shape === "anything") return value;
  if (typeof shape === "string") {
    return typeof value === shape ? value : refuse(`must be a ${shape}`);
  }
  if ("list" in shape) {
    if (!Array.isArray(value)) return refuse("must be a list");
    return value.map((item, index) => shaped(item, shape.list, `${path}[${index}]`, failures));
  }
  if (!isValues(value)) return refuse("must be an object");
  if ("fields" in shape) return shapeFields(value, shape.fields, `${path}.`, failures);
  const entries = Object.entries(value);
  return Object.fromEntries(
    entries.map(([name, item]) => [name, shaped(item, shape.map, `${path}.${name}`, failures)]),
  );
}

/** The same for an object of which every field has a name of its own. Values are never put into a reason. */
export function shapeFields(values: Values, fields: Fields, prefix: string, failures: Failure[]): Values {
  const result: Values = {};
  for (const name of Object.keys(values)) {
    if (!(name in fields)) failures.push({ property: `${prefix}${name}`, reason: unknownProperty });
  }
  for (const [name, field] of Object.entries(fields)) {
    const given = values[name] ?? field.default;
    if (given !== undefined) {
      const value = shaped(given, field.shape, `${prefix}${name}`, failures);
      result[name] = field.secret ? secret(value) : value;
    } else if (field.required) {
      failures.push({ property: `${prefix}${name}`, reason: "is required" });
    }
  }
  return result;
}
