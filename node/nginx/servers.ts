import { servesTls } from "../../config/nginx/ports";
import type { ServedNginx } from "../settings";
import { challengeAnswers, challengeLocations } from "./challenges";
import { closingGate, closingHeader } from "./closing";
import { siteHeaders } from "./headers";
import { healthName } from "./health-name";
import { listen } from "./listen";
import { locations } from "./locations";
import { type Site, sitesOf } from "./model";
import { errorPages, pageLocations } from "./pages";
import { block, type Lines } from "./text";
import { certificateFiles } from "./tls";

/** nginx's answer for itself: `config`, the hash of what it serves, and the word of this node's agent. */
export function healthServer(nginx: ServedNginx, nodes: readonly string[], config: string): Lines {
  const nodesOnly = [...nodes.map((node) => `allow ${node};`), "deny all;"];
  return block("server", [
    // By IPv4 only: nobody but the nodes asks for it.
    `listen ${nginx.port};`,
    `server_name ${healthName};`,
    "access_log off;",
    ...block("location /", [`return 200 "${config}\\n";`]),
    "# What this node's agent tells the peer's.",
    ...block("location = /word", ["alias /run/nginx-ha-agent/word;", ...nodesOnly]),
    ...challengeAnswers(nginx, nodesOnly),
  ]);
}

/** The servers of all sites, and what answers for names that none of them has. */
export function siteServers(nginx: ServedNginx): Lines {
  const sites = sitesOf(nginx);
  const rest = sites.find(({ names }) => names.length === 0);
  return [
    ...(rest ? [] : [...nobody(nginx), ""]),
    ...(servesTls(nginx) && !rest?.tls ? [...nobodyByTls(nginx), ""] : []),
    ...sites.flatMap((site) => serversOf(site, nginx)),
  ];
}

function serversOf(site: Site, nginx: ServedNginx): Lines {
  const { tls } = site;
  const whole = (listens: Lines): Lines => [
    ...block("server", [
      ...listens,
      ...names(site),
      ...(tls ? certificateFiles(tls.certificate, nginx) : []),
      ...closingGate,
      ...siteHeaders(site),
      ...errorPages(site),
      "",
      ...(tls?.redirect ? [] : challengeLocations(site, nginx)),
      ...locations(site, nginx),
      ...pageLocations(site, nginx),
    ]),
    "",
  ];
  if (!tls) return whole(plain(site, nginx));
  if (!tls.redirect) return whole([...plain(site, nginx), ...byTls(site, nginx)]);
  const port = nginx.tls.port === 443 ? "" : `:${nginx.tls.port}`;
  const toTls = block("server", [
    ...plain(site, nginx),
    ...names(site),
    ...closingGate,
    ...closingHeader,
    ...challengeLocations(site, nginx),
    ...block("location /", [`return 301 https://$host${port}$request_uri;`]),
  ]);
  return [...toTls, "", ...whole(byTls(site, nginx))];
}

const names = ({ names }: { names: readonly string[] }): Lines => [
  `server_name ${names.length === 0 ? "_" : names.join(" ")};`,
];

type Named = Pick<Site, "names">;
const byDefault = ({ names }: Named): string => (names.length === 0 ? " default_server" : "");

const plain = (site: Named, nginx: ServedNginx): Lines => [
  ...listen(nginx, nginx.port, byDefault(site)),
  ...listen(nginx, nginx.proxyProtocol?.port, `${byDefault(site)} proxy_protocol`),
];

// "http2 on" is not known before nginx 1.25.1 (Debian 12 has 1.22.1); this form is known to both, with a warning.
const byTls = (site: Named, nginx: ServedNginx): Lines => {
  const { tls, proxyProtocol } = nginx;
  const ssl = `${byDefault(site)} ssl${tls.http2 ? " http2" : ""}`;
  return [
    ...listen(nginx, tls.port, ssl),
    // Once for all servers of the port: a connection's datagrams must come to one worker.
    ...(tls.http3
      ? listen(nginx, tls.port, ` quic${byDefault(site) && `${byDefault(site)} reuseport`}`)
      : []),
    ...listen(nginx, proxyProtocol?.tlsPort, `${ssl} proxy_protocol`),
  ];
};

const unknown: Named = { names: [] };

/** Names that no site has: the connection is closed without an answer. */
const nobody = (nginx: ServedNginx): Lines =>
  block("server", [...plain(unknown, nginx), ...names(unknown), "access_log off;", "return 444;"]);

/**
 * The same before a certificate is shown, which would tell names. By HTTP/2 a client may still ask for one on a connection
 * that began with another.
 */
const nobodyByTls = (nginx: ServedNginx): Lines =>
  block("server", [
    ...byTls(unknown, nginx),
    ...names(unknown),
    "access_log off;",
    "ssl_reject_handshake on;",
    ...block("location /", ["return 421;"]),
  ]);
