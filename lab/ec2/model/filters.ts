import { Ec2Error } from "./error";
import { fields, list, required, text } from "./parameters";
import type { Resource } from "./state";

/** What an item has under each filter's name: one value, several, or none. */
export type Filters<T> = Record<
  string,
  (item: T) => string | readonly string[] | boolean | number | undefined
>;

export const filterParameter = list(fields({ Name: required(text()), Value: list(text()) }));

interface Filter {
  Name: string;
  Value: string[];
}

/**
 * The items that all filters let pass; a filter lets pass what one of its values matches, `*` and `?` being
 * wildcards (EC2 User Guide, "List resources and filter by tag or attribute").
 */
export function filtered<T>(items: T[], filters: readonly Filter[], known: Filters<T>): T[] {
  const tests = filters.map(({ Name, Value }) => {
    const read = Object.hasOwn(known, Name) ? known[Name] : undefined;
    if (!read) throw new Ec2Error("InvalidParameterValue", `The filter '${Name}' is invalid`);
    const patterns = Value.map(wildcard);
    return (item: T) =>
      [read(item) ?? []].flat().some((value) => patterns.some((pattern) => pattern.test(String(value))));
  });
  return items.filter((item) => tests.every((test) => test(item)));
}

/** The filters for tags that these requests use, beside an item's own. */
export function tagFilters<T extends Pick<Resource, "tags">>(filters: readonly Filter[]): Filters<T> {
  const named = filters.filter(({ Name }) => Name.startsWith("tag:"));
  return {
    "tag-key": ({ tags }) => Object.keys(tags),
    ...Object.fromEntries(named.map(({ Name }) => [Name, ({ tags }: T) => tags[Name.slice(4)]])),
  };
}

/** A pattern of `*` (anything) and `?` (one character); everything else stands for itself. */
function wildcard(pattern: string): RegExp {
  const source = pattern
    .replace(/[\\^$.+()|[\]{}]/g, "\\$&")
    .replace(/\*/g, "[^]*")
    .replace(/\?/g, "[^]");
  return new RegExp(`^${source}$`);
}
