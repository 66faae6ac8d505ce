import { items, type Path, type Problem, repeated } from "../problem";
import type { LooseNginx } from "./sites";

/** Every port is one listener's, and another proxy's word is taken in one way. */
export function* portRules(nginx: LooseNginx): Generator<Problem> {
  const tcp: { value: unknown; path: Path }[] = [
    { value: nginx.port ?? 80, path: ["nginx", "port"] },
    ...(hasTls(nginx) ? [{ value: nginx.tls?.port ?? 443, path: ["nginx", "tls", "port"] }] : []),
    { value: nginx.proxyProtocol?.port, path: ["nginx", "proxyProtocol", "port"] },
    { value: nginx.proxyProtocol?.tlsPort, path: ["nginx", "proxyProtocol", "tlsPort"] },
  ];
  const streams = items(nginx.streams).map((stream, index) => ({
    udp: stream?.protocol === "udp",
    value: stream?.port as unknown,
    path: ["nginx", "streams", index, "port"] as Path,
  }));
  const quic =
    nginx.tls?.http3 === true
      ? [{ value: nginx.tls.port ?? 443, path: ["nginx", "tls", "port"] as Path }]
      : [];
  const lists = [
    [...tcp, ...streams.filter(({ udp }) => !udp)],
    [...quic, ...streams.filter(({ udp }) => udp)],
  ];
  if (quic.length > 0 && !hasTls(nginx))
    yield { path: ["nginx", "tls", "http3"], value: true, message: "needs a site with tls" };
  for (const list of lists)
    yield* repeated(
      list,
      ({ value }) => value,
      (index) => list[index]?.path ?? [],
    );
  yield* beforeRules(nginx);
}

const hasTls = ({ sites }: LooseNginx): boolean => items(sites).some((site) => site?.tls !== undefined);

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
