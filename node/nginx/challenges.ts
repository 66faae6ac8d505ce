import { CHALLENGES_PATH } from "../../config/nginx/acme";
import { CHALLENGES } from "../acme/settings";
import type { ServedNginx } from "../settings";
import { healthName } from "./health-name";
import type { Site } from "./model";
import { block, hostOf, type Lines } from "./text";

/** No pool's name starts like this. */
const NODES = "_nginx_ha_nodes";

const isFromAcme = (name: string, { certificates }: ServedNginx): boolean =>
  certificates.some((one) => one.name === name && one.from === "acme");

/** Both nodes, for an answer that only one of them has. */
export const challengeUpstream = (nginx: ServedNginx, nodes: readonly string[]): Lines =>
  nginx.acme === undefined
    ? []
    : [
        ...block(`upstream ${NODES}`, [
          `zone ${NODES} 64k;`,
          ...nodes.map((node) => `server ${hostOf(node)}:${nginx.port};`),
        ]),
        "",
      ];

/**
 * Where a site's names are proved: the answer is on the node that asked for it, which may have lost the VIP meanwhile.
 * A 404 of the first node is no failure of it (ngx_http_proxy_module, proxy_next_upstream).
 */
export function challengeLocations({ tls }: Site, nginx: ServedNginx): Lines {
  if (!tls || !isFromAcme(tls.certificate, nginx)) return [];
  return [
    ...block(`location ^~ ${CHALLENGES_PATH}`, [...answers, "error_page 404 = @nginx_ha_challenge;"]),
    ...block("location @nginx_ha_challenge", [
      `proxy_set_header Host ${healthName};`,
      'proxy_set_header Connection "";',
      "proxy_next_upstream error timeout http_404;",
      `proxy_pass http://${NODES};`,
    ]),
    "",
  ];
}

/** The same for the other node, which asks under the name by which nginx answers for itself. */
export const challengeAnswers = (nginx: ServedNginx, nodesOnly: Lines): Lines =>
  nginx.acme === undefined
    ? []
    : [
        "# What one node tells an ACME authority through the other.",
        ...block(`location ${CHALLENGES_PATH}`, [...answers, ...nodesOnly]),
      ];

const answers: Lines = [
  `alias ${CHALLENGES}/;`,
  "types { }",
  "default_type text/plain;",
  "log_not_found off;",
];
