import type { StreamConfig } from "../../config/nginx/streams";
import type { ServedNginx } from "../settings";
import { listen } from "./listen";
import { block, type Lines, time, word } from "./text";
import { serverOf, zone } from "./upstreams";

/** TCP and UDP as they are, by nginx's stream module. */
export const streamBlock = (nginx: ServedNginx): Lines =>
  nginx.streams.length === 0
    ? []
    : ["", ...block("stream", nginx.streams.flatMap((stream) => one(stream, nginx)).slice(0, -1))];

function one(stream: StreamConfig, nginx: ServedNginx): Lines {
  const { port, protocol, balance, servers, allow } = stream;
  const name = `stream_${word(stream.name)}`;
  const balancing = { roundRobin: [], leastConn: ["least_conn;"], hash: ["hash $remote_addr consistent;"] };
  return [
    ...block(`upstream ${name}`, [
      zone(name, servers.length),
      ...balancing[balance],
      ...servers.map((server) => `server ${serverOf(server, {})};`),
    ]),
    "",
    ...block("server", [
      // A client's datagrams must come to one worker, which knows its session.
      ...listen(nginx, port, protocol === "udp" ? " udp reuseport" : ""),
      ...(allow ? [...allow.map((range) => `allow ${range};`), "deny all;"] : []),
      `proxy_connect_timeout ${time(stream.connectTimeout)};`,
      `proxy_timeout ${time(stream.timeout)};`,
      ...(stream.responses === undefined ? [] : [`proxy_responses ${stream.responses};`]),
      ...(stream.proxyProtocol ? ["proxy_protocol on;"] : []),
      `proxy_pass ${name};`,
    ]),
    "",
  ];
}
