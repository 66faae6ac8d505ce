import { Ec2Error } from "./error";

/** A request's parameters after their dots are resolved: `Filter.1.Name=x` is `{Filter: {1: {Name: "x"}}}`. */
export type Node = string | { [key: string]: Node };

/** What a parameter may be. `parse` gets nothing when the parameter is absent. */
export interface Shape<T> {
  kind: "text" | "integer" | "flag" | "list" | "fields";
  required: boolean;
  member?: Shape<unknown>;
  fields?: Fields;
  parse(node: Node | undefined, path: string): T;
}

export type Fields = Record<string, Shape<unknown>>;
export type Values<F extends Fields> = { [K in keyof F]: F[K] extends Shape<infer T> ? T : never };

/** A string, of any value or one of a few. */
export function text<const V extends string = string>(values?: readonly V[]): Shape<V | undefined> {
  return scalar("text", (value, path) => {
    if (values && !values.includes(value as V))
      throw invalid(path, value, `Valid values are ${values.join(", ")}.`);
    return value as V;
  });
}

export function integer(minimum = 0, maximum = 2 ** 31 - 1): Shape<number | undefined> {
  return scalar("integer", (value, path) => {
    const number = Number(value);
    if (!/^-?\d+$/.test(value)) throw invalid(path, value, "Expected an integer.");
    if (number < minimum || number > maximum)
      throw invalid(path, value, `Expected ${minimum} to ${maximum}.`);
    return number;
  });
}

export function flag(): Shape<boolean | undefined> {
  return scalar("flag", (value, path) => {
    if (!/^(true|false)$/i.test(value)) throw invalid(path, value, "Expected true or false.");
    return value.toLowerCase() === "true";
  });
}

/** A flattened list: its members are numbered from one, and gaps do not matter. Absent means empty. */
export function list<T>(member: Shape<T>): Shape<NonNullable<T>[]> {
  return {
    kind: "list",
    required: false,
    member,
    parse(node, path) {
      if (node === undefined) return [];
      if (typeof node === "string")
        throw new Ec2Error("InvalidParameterValue", `${path} must be a numbered list`);
      const numbers = Object.keys(node);
      for (const key of numbers) if (!/^[1-9]\d*$/.test(key)) throw unknown(`${path}.${key}`);
      numbers.sort((a, b) => Number(a) - Number(b));
      return numbers.map((key) => member.parse(node[key], `${path}.${key}`) as NonNullable<T>);
    },
  };
}

export function fields<F extends Fields>(inner: F): Shape<Values<F> | undefined> {
  return {
    kind: "fields",
    required: false,
    fields: inner,
    parse: (node, path) => (node === undefined ? undefined : parseFields(inner, node, path)),
  };
}

/** The same parameter, but it must be there. */
export function required<T>(shape: Shape<T>): Shape<NonNullable<T>> {
  return {
    ...shape,
    required: true,
    parse(node, path) {
      if (node === undefined)
        throw new Ec2Error("MissingParameter", `The request must contain the parameter ${path}`);
      return shape.parse(node, path) as NonNullable<T>;
    },
  };
}

/** Parses every field, and refuses what none of them is called. */
export function parseFields<F extends Fields>(shapes: F, node: Node, path = ""): Values<F> {
  const at = (name: string) => (path ? `${path}.${name}` : name);
  if (typeof node === "string")
    throw new Ec2Error("InvalidParameterValue", `${path} has members and no value`);
  for (const name of Object.keys(node)) if (!Object.hasOwn(shapes, name)) throw unknown(at(name));
  const entries = Object.entries(shapes).map(([name, shape]) => [name, shape.parse(node[name], at(name))]);
  return Object.fromEntries(entries) as Values<F>;
}

function scalar<T>(
  kind: Shape<T>["kind"],
  convert: (value: string, path: string) => T,
): Shape<T | undefined> {
  return {
    kind,
    required: false,
    parse(node, path) {
      if (node === undefined) return undefined;
      if (typeof node !== "string") throw unknown(`${path}.${Object.keys(node)[0]}`);
      return convert(node, path);
    },
  };
}

function invalid(path: string, value: string, rule: string): Ec2Error {
  return new Ec2Error("InvalidParameterValue", `Value (${value}) for parameter ${path} is invalid. ${rule}`);
}

function unknown(path: string): Ec2Error {
  return new Ec2Error("UnknownParameter", `The parameter ${path} is not recognized`);
}
