import type { LooseAws, LooseHosts, Path, Problem } from "../problem";
import { items, repeated } from "../problem";

export type LooseNginx = NonNullable<LooseHosts["nginx"] | LooseAws["nginx"]>;
export type LooseSite = NonNullable<NonNullable<LooseNginx["sites"]>[number]>;
export type LooseRoute = NonNullable<NonNullable<LooseNginx["routes"]>[number]>;

/** A route, and where it is. */
export interface Placed {
  route: LooseRoute;
  path: Path;
  site: LooseSite | undefined;
}

/** All routes, those of the short form included. */
export function routesOf(nginx: LooseNginx): Placed[] {
  const placed = (routes: LooseSite["routes"], path: Path, site?: LooseSite): Placed[] =>
    items(routes).flatMap((route, index) =>
      route ? [{ route, path: ["nginx", ...path, "routes", index], site }] : [],
    );
  return [
    ...placed(nginx.routes, []),
    ...items(nginx.sites).flatMap((site, index) => placed(site?.routes, ["sites", index], site)),
  ];
}

/** The names of a list's items. */
export const namesIn = (list: ({ name?: string } | undefined)[] | undefined): string[] =>
  items(list).flatMap((item) => (typeof item?.name === "string" ? [item.name] : []));

/** Which name is whose. */
export function* siteRules(nginx: LooseNginx): Generator<Problem> {
  const sites = items(nginx.sites);
  const named = sites.flatMap((site, index) =>
    items(site?.names).map((name, position) => ({
      name,
      path: ["nginx", "sites", index, "names", position],
    })),
  );
  yield* repeated(
    named,
    ({ name }) => name,
    (index) => named[index]?.path ?? [],
  );
  const nameless = sites.flatMap((site, index) => (site && items(site.names).length === 0 ? [index] : []));
  const message = "must have a name: only one site answers for every name that no other has";
  for (const index of nginx.routes === undefined ? nameless.slice(1) : nameless)
    yield {
      path: ["nginx", "sites", index, "names"],
      value: undefined,
      message: nginx.routes === undefined ? message : `${message}, and nginx.routes is it`,
    };
  if (nginx.routes === undefined && sites.length + items(nginx.streams).length === 0)
    yield { path: ["nginx", "routes"], value: undefined, message: "is required, or sites, or streams" };
}

/** Each name of a certificate is one of the list, and each certificate says where it is. */
export function* certificateRules(nginx: LooseNginx): Generator<Problem> {
  const names = namesIn(nginx.certificates);
  for (const [index, site] of items(nginx.sites).entries()) {
    const value = site?.tls?.certificate;
    if (value === undefined || names.includes(value)) continue;
    const message = `must name one of nginx.certificates: ${names.join(", ") || "there is none"}`;
    yield { path: ["nginx", "sites", index, "tls", "certificate"], value, message };
  }
  for (const [index, certificate] of items(nginx.certificates).entries()) {
    for (const key of certificate ? (["certificate", "key"] as const) : []) {
      const path = ["nginx", "certificates", index, key];
      const value = certificate?.[key];
      if (certificate?.from === "files" && value === undefined)
        yield { path, value, message: "is required with from files: a path on both nodes" };
      if (certificate?.from !== "files" && value !== undefined)
        yield { path, value, message: "is for from files only; leave it out" };
    }
  }
}
