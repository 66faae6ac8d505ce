import { expect, it } from "vitest";
import { type Nginx, nginxProblems } from "../../problems";

it.each<[string, (nginx: Nginx) => unknown, string]>([
  [
    "a path twice",
    (n) => n.sites[0].routes.push({ path: "/", pool: "sessions" }),
    'sites[0].routes[8].path: must be unique, and is the same as nginx.sites[0].routes[0].path (is "prefix /")',
  ],
  [
    "a bad regular expression",
    (n) => {
      n.sites[0].routes[5].path = "^/(old";
    },
    'sites[0].routes[5].path: must be a regular expression without named groups (is "^/(old")',
  ],
  [
    "a named group",
    (n) => {
      n.sites[0].routes[5].path = "^/(?<host>x)";
    },
    'sites[0].routes[5].path: must be a regular expression without named groups (is "^/(?<host>x)")',
  ],
  [
    "a route without an action",
    (n) => {
      delete n.sites[0].routes[1].pool;
    },
    "sites[0].routes[1].pool: is required, or redirect, or response",
  ],
  [
    "a route with two",
    (n) => {
      n.sites[0].routes[1].response = {};
    },
    "sites[0].routes[1].response: cannot go together with pool (is an object)",
  ],
  [
    "a websocket without a pool",
    (n) => {
      n.sites[0].routes[5].websocket = true;
    },
    "sites[0].routes[5].websocket: needs pool: no backend is asked here (is true)",
  ],
  [
    "an alternative of another protocol",
    (n) => {
      n.sites[0].routes[0].alternatives[0].pool = "secure";
    },
    'sites[0].routes[0].alternatives[0].pool: must be a pool of protocol http, as backend_pool is (is "secure")',
  ],
  [
    "gRPC without TLS",
    (n) => n.routes.push({ path: "/example.Greeter/", pool: "calls" }),
    'routes[1].pool: needs a site with tls, and nginx.tls.http2: gRPC comes by HTTP/2, which clients use with TLS (is "calls")',
  ],
  [
    "a redirect with a variable",
    (n) => {
      n.sites[0].routes[5].redirect.to = "https://$http_host/";
    },
    'sites[0].routes[5].redirect.to: must be a URL or a path, with {host} and {uri} of the request, e.g. https://www.example.org{uri} (is "https://$http_host/")',
  ],
])("a route is refused: %s", (_title, change, expected) => {
  expect(nginxProblems(change)).toEqual([expected]);
});
