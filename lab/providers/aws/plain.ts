import { isUnknown, reveal } from "../values";
import { isValues, Secret, secret, type Value, type Values } from "../wire";

// biome-ignore lint/suspicious/noExplicitAny: property values of any resource
export type Plain = any;
export type Properties = { [name: string]: Plain };

/** Values for use at the moment of use: secrets unwrapped. */
export const plain = (values: Values): Properties => reveal(values) as Properties;

/** Every leaf by its dotted path; a list is one leaf, as a change of one item is a change of the list. */
export function leaves(values: Values, at = ""): Map<string, Value> {
  const found = new Map<string, Value>();
  for (const [name, value] of Object.entries(values)) {
    const path = at === "" ? name : `${at}.${name}`;
    const inner = value instanceof Secret ? value.value : value;
    if (isValues(inner) && !isFree(path)) for (const [key, leaf] of leaves(inner, path)) found.set(key, leaf);
    else found.set(path, value);
  }
  return found;
}

/** Maps whose keys are the user's own. */
const isFree = (path: string): boolean => /^(tags|tagsAll|volumeTags)$/.test(path);

/** Outputs, where what the program gave as a secret stays one. */
export function keepSecrets(outputs: Values, inputs: Values): Values {
  return Object.fromEntries(
    Object.entries(outputs).map(([name, value]) =>
      hasSecret(inputs[name]) ? [name, secret(value)] : [name, value],
    ),
  );
}

function hasSecret(value: Value | undefined): boolean {
  if (value instanceof Secret) return true;
  if (Array.isArray(value)) return value.some(hasSecret);
  return value !== undefined && isValues(value) && Object.values(value).some(hasSecret);
}

/** Whether anything inside of a value is not known yet. */
export function hasUnknown(value: Value | undefined): boolean {
  if (isUnknown(value)) return true;
  if (value instanceof Secret) return hasUnknown(value.value);
  if (Array.isArray(value)) return value.some(hasUnknown);
  return value !== undefined && isValues(value) && Object.values(value).some(hasUnknown);
}
