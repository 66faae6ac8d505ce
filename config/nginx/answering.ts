interface Sites<Route, Tls> {
  routes?: readonly Route[] | undefined;
  sites?: readonly (
    | { names?: readonly (string | undefined)[]; routes?: readonly Route[]; tls?: Tls }
    | undefined
  )[];
}

/** What answers for a name: routes, where they stand, and what their site says of TLS. */
export interface Answering<Route, Tls> {
  path: (string | number)[];
  routes: readonly Route[];
  tls?: Tls | undefined;
}

/** As nginx finds a server (ngx_http_core_module, server_name): by its name, by the longest wildcard, then the default. */
export function answeringFor<Route, Tls>(
  name: string,
  { routes, sites }: Sites<Route, Tls>,
): Answering<Route, Tls> | undefined {
  const all = (sites ?? []).map((site, index) => ({
    path: ["nginx", "sites", index, "routes"],
    names: site?.names ?? [],
    routes: site?.routes ?? [],
    tls: site?.tls,
  }));
  const wildcards = name
    .split(".")
    .map((_, index, labels) => `*.${labels.slice(index + 1).join(".")}`)
    .slice(0, -1);
  for (const one of [name, ...wildcards]) {
    const found = all.find(({ names }) => names.includes(one));
    if (found) return found;
  }
  if (routes !== undefined) return { path: ["nginx", "routes"], routes };
  return all.find(({ names }) => names.length === 0);
}
