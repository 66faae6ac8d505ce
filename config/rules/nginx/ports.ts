import { type Listener, listeners, servesTls } from "../../nginx/ports";
import { items, type Problem, repeated } from "../problem";
import type { LooseNginx } from "./sites";

/** Every port that nginx listens on, as the stack says it, valid or not. */
export const listenersOf = (nginx: LooseNginx): Record<"tcp" | "udp", Listener[]> =>
  listeners({ ...nginx, sites: items(nginx.sites), streams: items(nginx.streams) });

/** Every port is one listener's, and another proxy's word is taken in one way. */
export function* portRules(nginx: LooseNginx): Generator<Problem> {
  if (nginx.tls?.http3 === true && !hasTls(nginx))
    yield { path: ["nginx", "tls", "http3"], value: true, message: "needs a site with tls" };
  for (const list of Object.values(listenersOf(nginx)))
    yield* repeated(
      list,
      ({ port }) => port,
      (index) => list[index]?.path ?? [],
    );
  yield* beforeRules(nginx);
}

const hasTls = ({ sites }: LooseNginx): boolean => servesTls({ sites: items(sites) });

function* beforeRules(nginx: LooseNginx): Generator<Problem> {
  const { proxyProtocol, realIpFrom, realIpHeader } = nginx;
  const path = ["nginx", "realIpHeader"];
  const trusted = items(realIpFrom).length > 0;
  if (realIpHeader !== undefined && !trusted)
    yield { path, value: realIpHeader, message: "needs realIpFrom, the proxies that are believed" };
  if (proxyProtocol === undefined) return;
  if (realIpHeader !== undefined)
    yield {
      path,
      value: realIpHeader,
      message: "cannot go together with proxyProtocol, which tells the address",
    };
  if (!trusted)
    yield {
      path: ["nginx", "realIpFrom"],
      value: undefined,
      message: "is required with proxyProtocol: the proxies that are believed",
    };
  if (proxyProtocol.tlsPort !== undefined && !hasTls(nginx))
    yield {
      path: ["nginx", "proxyProtocol", "tlsPort"],
      value: proxyProtocol.tlsPort,
      message: "needs a site with tls: no other answers there",
    };
  if (proxyProtocol.port === undefined && proxyProtocol.tlsPort === undefined)
    yield { path: ["nginx", "proxyProtocol", "port"], value: undefined, message: "is required, or tlsPort" };
}
