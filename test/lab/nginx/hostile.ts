export type Place = (string | number)[];

/** Texts that try to leave their place in nginx's file; each with a directive that nginx does not know. */
export const hostile: { text: string }[] = [
  "x; injected_directive on;",
  "x; } injected_directive on; {",
  'x"; injected_directive on; #',
  "x'; injected_directive on; #",
  'x\\"; injected_directive on; #',
  "x\\",
  "x\\\\",
  "x\n; injected_directive on;",
  "x\r\ninjected_directive on;",
  "$injected_variable",
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the point
  "${injected_variable}",
  "x # injected_directive on;",
  "x{}",
  "/x y; injected_directive on;",
  "~^injected(",
  "*.x; injected_directive on;",
  "default",
  "include /etc/passwd",
  "\u0000x",
].map((text) => ({ text }));

/** Where in a value its strings are. */
export function stringsOf(value: unknown, place: Place = []): Place[] {
  if (typeof value === "string") return [place];
  if (Array.isArray(value)) return value.flatMap((item, index) => stringsOf(item, [...place, index]));
  if (value === null || typeof value !== "object") return [];
  return Object.entries(value).flatMap(([key, inner]) => stringsOf(inner, [...place, key]));
}

/** Puts another value in one place. */
export function withValue(whole: unknown, place: Place, value: unknown): void {
  // biome-ignore lint/suspicious/noExplicitAny: any value's inside
  const parent = place.slice(0, -1).reduce((inner: any, part) => inner[part], whole as any);
  parent[place.at(-1) ?? ""] = value;
}
