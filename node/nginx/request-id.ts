import type { Lines } from "./text";

/**
 * A request's id, for the access log and the backend: which node, worker, connection, the how manyth request on it, and when.
 * Streams of one HTTP/2 connection are counted, too, and one of HTTP/3 has a connection's number to itself (nginx's
 * ngx_event_quic_streams.c). A map keeps its first value for the request's life. nginx's own `$request_id` asks OpenSSL for sixteen random bytes each time (docs/edge.md, Speed).
 */
export const REQUEST_ID = "$nginx_ha_request_id";

export const requestIdMap: Lines = [
  `map "" ${REQUEST_ID} { default "$hostname-$pid-$connection-$connection_requests-$msec"; }`,
];
