import type { Caller } from "../iam/caller";
import { refuse } from "./error";
import { type Filters, filtered, filterParameter, tagFilters } from "./filters";
import { type Fields, flag, integer, list, text, type Values } from "./parameters";
import type { Region, Resource } from "./state";

/** What an answer may hold; a list becomes a set of items. */
export type Answer = string | number | boolean | undefined | Date | Answer[] | { [member: string]: Answer };
export type Response = { [member: string]: Answer };

/** What an authorization is asked for: a resource by type and id, `*` for one that is yet to be made. */
export interface ResourceRef {
  type: string;
  id: string;
}

/** The circumstances of a request. */
export interface Context {
  now: number;
  caller: Caller;
}

/** One action of the API. `run` may change the Region it gets only when the action mutates. */
export interface Action<F extends Fields = Fields> {
  parameters: F;
  mutates: boolean;
  dryRun: boolean;
  /** The resources that IAM is asked about, or nothing where EC2 knows no resource-level permission. */
  resources?: (region: Region, values: Values<F>) => ResourceRef[];
  run(region: Region, values: Values<F>, context: Context): Response;
}

type Definition<F extends Fields> = Omit<Action<F>, "mutates" | "dryRun"> & { dryRun?: boolean };

/** An action that changes something. */
export function mutation<F extends Fields>(definition: Definition<F>): Action {
  const { dryRun = true } = definition;
  const parameters = { ...definition.parameters, ...(dryRun ? { DryRun: flag() } : {}) };
  return { ...definition, parameters, mutates: true, dryRun } as unknown as Action;
}

/** An action that only reads. */
export function query<F extends Fields>(definition: Definition<F>): Action {
  const { dryRun = true } = definition;
  const parameters = { ...definition.parameters, ...(dryRun ? { DryRun: flag() } : {}) };
  return { ...definition, parameters, mutates: false, dryRun } as unknown as Action;
}

/** How one kind of resource is described. */
interface Description<T> {
  /** Name of the answer's list. */
  set: string;
  items(region: Region): T[];
  /** Parameters that select by name: what an item has there, and the error for a value that none has. */
  select: Record<string, { of(item: T): string; missing: string }>;
  filters(region: Region): Filters<T>;
  show(region: Region, item: T): Answer;
  pages?: boolean;
}

/** A Describe action: selected by ids, then by filters, then cut into pages. */
export function description<T extends Pick<Resource, "tags">>(definition: Description<T>): Action {
  const { set, items, select, filters, show, pages = true } = definition;
  const ids = Object.fromEntries(Object.keys(select).map((name) => [name, list(text())]));
  const paging = pages ? { NextToken: text(), MaxResults: integer(5, 1000) } : {};
  return query({
    parameters: { Filter: filterParameter, ...ids, ...paging } as Fields,
    run(region, values) {
      const wanted = values as {
        Filter: { Name: string; Value: string[] }[];
        NextToken?: string;
        MaxResults?: number;
      };
      let found = items(region);
      for (const [name, { of, missing }] of Object.entries(select)) {
        const names = values[name] as string[];
        if (names.length > 0) found = selected(found, names, of, missing);
      }
      found = filtered(found, wanted.Filter, { ...filters(region), ...tagFilters<T>(wanted.Filter) });
      const start =
        wanted.NextToken === undefined ? 0 : Number(Buffer.from(wanted.NextToken, "base64").toString());
      if (!Number.isInteger(start)) refuse("InvalidNextToken", "The token is not valid");
      const end = start + (wanted.MaxResults ?? found.length);
      const nextToken = end < found.length ? Buffer.from(String(end)).toString("base64") : undefined;
      return { [set]: found.slice(start, end).map((item) => show(region, item)), nextToken };
    },
  });
}

function selected<T>(items: T[], names: string[], of: (item: T) => string, missing: string): T[] {
  const unknown = names.filter((name) => !items.some((item) => of(item) === name));
  if (unknown.length > 0) {
    refuse(missing, `The ${unknown.length > 1 ? "IDs" : "ID"} '${unknown.join(", ")}' does not exist`);
  }
  return items.filter((item) => names.includes(of(item)));
}
