import { closingFile } from "../drain/names";
import { block, type Lines } from "./text";

/**
 * While the node drains, the answer to each request by HTTP/1 says that it is the connection's last one: a client that asks
 * again does so by a new connection, which comes to the other node. nginx's own end of an idle connection meets a request
 * that is under way, and cuts it; before 1.27.4 nothing keeps it from that (ngx_http_core_module, keepalive_min_timeout).
 * nginx's "Connection: keep-alive" stays beside ours; of both, "close" counts (RFC 9112, 9.3).
 * HTTP/2 and HTTP/3 know no such header (RFC 9113, 8.2.2), and an answer that changes the protocol has one of its own.
 */
export const closingMaps: Lines = [
  'map $status $nginx_ha_answers { default "$nginx_ha_closing:$server_protocol"; 101 ""; }',
  'map $nginx_ha_answers $nginx_ha_last { default ""; close:HTTP/1.1 close; close:HTTP/1.0 close; }',
];

/** Each worker looks once a second for each server. What nginx refuses before it has looked is told nothing, without a warning. */
export const closingGate: Lines = [
  "open_file_cache max=16;",
  "open_file_cache_valid 1s;",
  "open_file_cache_errors on;",
  "uninitialized_variable_warn off;",
  ...block(`if (-f ${closingFile})`, ["set $nginx_ha_closing close;"]),
];

export const closingHeader: Lines = ["add_header Connection $nginx_ha_last always;"];
