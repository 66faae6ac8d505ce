import type { ReleaseFile } from "../release";
import type { ServedNginx } from "../settings";
import { siteHeaders } from "./headers";
import { retryAfterOf } from "./limits";
import { routesOf, type Site, sitesOf } from "./model";
import { block, type Lines } from "./text";

/** A page of a site, a file of what nginx serves. */
interface Page {
  file: string;
  codes: number[];
  content: string;
  retryAfter?: number;
}

/** The first page that is for a status is the one that nginx takes. */
const pagesOf = (site: Site): Page[] => [
  ...(site.maintenance?.enabled
    ? [
        {
          file: `${site.index}-maintenance.html`,
          codes: [503],
          content: site.maintenance.page,
          retryAfter: site.maintenance.retryAfter,
        },
      ]
    : []),
  ...site.errorPages.map(({ codes, page }, index) => ({
    file: `${site.index}-${index}.html`,
    codes,
    content: page,
  })),
];

/** The pages of all sites, as files. */
export const pageFiles = (nginx: ServedNginx): ReleaseFile[] =>
  sitesOf(nginx)
    .flatMap(pagesOf)
    .map(({ file, content }) => ({ path: `nginx/pages/${file}`, mode: "0644" as const, content }));

/** Where the pages of what is served are; nginx opens them at the request. */
const directory = "/etc/nginx-ha/serving/pages";
const internal = "/.nginx-ha";

/** What a site answers when something is wrong. Headers that are too large are 431 (RFC 6585), not nginx's 400. */
export function errorPages(site: Site): Lines {
  const own = site.errorPages.some(({ codes }) => codes.includes(431));
  return [
    ...pagesOf(site).flatMap(({ file, codes }) => errorPage(codes, `${internal}/${file}`)),
    ...(own ? [] : [`error_page 494 =431 ${internal}/431;`]),
    ...(site.interceptErrors ? ["proxy_intercept_errors on;", "grpc_intercept_errors on;"] : []),
  ];
}

function errorPage(codes: number[], page: string): Lines {
  const usual = codes.filter((code) => code !== 431);
  return [
    ...(usual.length > 0 ? [`error_page ${usual.join(" ")} ${page};`] : []),
    ...(codes.includes(431) ? [`error_page 494 =431 ${page};`] : []),
  ];
}

/** A page of one's own for what was refused here keeps the answer's Retry-After. */
const retryAfterHeader = ({ codes, retryAfter }: Page, site: Site, nginx: ServedNginx): Lines => {
  const value = retryAfter ?? (codes.includes(429) ? retryAfterOf(routesOf(site), nginx) : undefined);
  return value === undefined ? [] : [`add_header Retry-After ${value} always;`];
};

/** The locations that only nginx itself can ask for. */
export const pageLocations = (site: Site, nginx: ServedNginx): Lines => [
  ...pagesOf(site).flatMap((page) => [
    ...block(`location = ${internal}/${page.file}`, [
      "internal;",
      `alias ${directory}/${page.file};`,
      "types { }",
      'default_type "text/html; charset=utf-8";',
      ...siteHeaders(site),
      ...retryAfterHeader(page, site, nginx),
    ]),
    "",
  ]),
  ...[405, 431, ...(site.maintenance?.enabled ? [503] : [])].flatMap((status) =>
    block(`location = ${internal}/${status}`, ["internal;", `return ${status};`]),
  ),
];

/** Whether a request of this site gets the maintenance page. */
export function maintenanceMap({ maintenance, index }: Site): Lines {
  if (!maintenance?.enabled) return [];
  return block(`geo $nginx_ha_maintenance_${index}`, [
    "default 1;",
    ...maintenance.allow.map((range) => `${range} 0;`),
  ]);
}

/** An answer that a location gives before it looks at who asks, as a step inside: "return" would pass by "deny". */
export const refuse = (condition: string, status: 405 | 503): Lines => [
  `if (${condition}) { rewrite ^ ${internal}/${status} last; }`,
];

/** Stands in each location: in the server it would meet the page's own request, too. */
export const maintenanceGate = ({ maintenance, index }: Site): Lines =>
  maintenance?.enabled ? refuse(`$nginx_ha_maintenance_${index}`, 503) : [];
