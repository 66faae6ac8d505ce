import type { Guarded, RouteConfig } from "../../config/nginx/routes";
import type { SiteConfig } from "../../config/nginx/sites";
import type { ServedNginx } from "../settings";

/** A site as it is rendered: with its place, by which its pages and variables are told from others'. */
export interface Site extends SiteConfig {
  index: number;
  /** The port on which HTTP/3 is offered. */
  http3?: number;
}

/** A route with what its site says for it. */
export interface Route extends RouteConfig {
  site: Site;
  index: number;
}

/** All sites; the short form, routes without a site, is one without names. */
export function sitesOf({ sites, routes, tls }: ServedNginx): Site[] {
  const short = routes ? [{ names: [], routes, errorPages: [], interceptErrors: false }] : [];
  return [...sites, ...short].map((site: SiteConfig, index) => ({
    ...site,
    index,
    ...(tls.http3 && site.tls && { http3: tls.port }),
  }));
}

export const routesOf = (site: Site): Route[] =>
  site.routes.map((route, index) => ({ ...route, ...inherited(site, route), site, index }));

/** What a route says for itself, and otherwise its site. */
function inherited(site: Guarded, route: Guarded): Guarded {
  return {
    allow: route.allow ?? site.allow,
    basicAuth: route.basicAuth ?? site.basicAuth,
    maxBodySize: route.maxBodySize ?? site.maxBodySize,
    responseHeaders: [...(site.responseHeaders ?? []), ...(route.responseHeaders ?? [])],
    rateLimits: route.rateLimits ?? site.rateLimits,
    connectionLimits: route.connectionLimits ?? site.connectionLimits,
    limitDryRun: route.limitDryRun ?? site.limitDryRun,
  };
}
