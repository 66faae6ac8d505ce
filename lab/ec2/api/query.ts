import { Ec2Error } from "../model/error";
import type { Node } from "../model/parameters";

/** A request of the query protocol: its action, its version, and the parameters as a tree. */
export interface Query {
  action: string;
  version: string;
  parameters: Node;
}

/** Reads a form body: the dots in a parameter's name are levels. A parameter given twice is an error. */
export function parseQuery(body: string): Query {
  const { Action, Version, ...parameters } = tree(new URLSearchParams(body));
  if (typeof Action !== "string") {
    throw new Ec2Error("MissingAction", "The request is missing an action or a required parameter.");
  }
  if (typeof Version !== "string")
    throw new Ec2Error("MissingParameter", "The request must contain the parameter Version");
  return { action: Action, version: Version, parameters };
}

type Branch = { [key: string]: Node };

function tree(pairs: URLSearchParams): Branch {
  const root: Branch = Object.create(null);
  for (const [name, value] of pairs) {
    const path = name.split(".");
    const last = path.pop() ?? "";
    let at = root;
    for (const key of path) {
      const next = at[key] ?? Object.create(null);
      if (typeof next === "string") throw malformed(name);
      at[key] = next;
      at = next;
    }
    if (at[last] !== undefined) throw malformed(name);
    at[last] = value;
  }
  return root;
}

function malformed(name: string): Ec2Error {
  return new Ec2Error("MalformedQueryString", `The parameter ${name} is given more than once`);
}
