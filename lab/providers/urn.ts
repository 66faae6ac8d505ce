/** The type token of a resource, from `urn:pulumi:<stack>::<project>::<parent types>$<type>::<name>`. */
export function typeOf(urn: string): string {
  return urn.split("::")[2]?.split("$").at(-1) ?? "";
}

/** The name of a resource. */
export function nameOf(urn: string): string {
  return urn.split("::").slice(3).join("::");
}
