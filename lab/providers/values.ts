import { isValues, Secret, Unknown, type Value } from "./wire";

/** The value with every secret unwrapped, for use at the moment of use only. */
export function reveal(value: Value): Value {
  if (value instanceof Secret) return reveal(value.value);
  if (Array.isArray(value)) return value.map(reveal);
  if (!isValues(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, reveal(inner)]));
}

/** True where the value itself is unknown, however secret; an unknown further inside does not count. */
export function isUnknown(value: Value | undefined): boolean {
  return value instanceof Unknown || (value instanceof Secret && isUnknown(value.value));
}

/**
 * Deep equality. A secret differs from the same value in the open, so making an input secret is a change
 * (pulumi 3.259.0, sdk/go/common/resource/property_compare.go).
 */
export function equal(a: Value | undefined, b: Value | undefined): boolean {
  if (a instanceof Unknown || b instanceof Unknown) return a instanceof Unknown && b instanceof Unknown;
  if (a instanceof Secret || b instanceof Secret) {
    return a instanceof Secret && b instanceof Secret && equal(a.value, b.value);
  }
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, index) => equal(item, b[index]));
  }
  if (!isValues(a) || !isValues(b)) return a === b;
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length && names.every((name) => name in b && equal(a[name], b[name]))
  );
}
