/** The defaults of nginx.port and nginx.tls.port. */
export const HTTP_PORT = 80;
export const TLS_PORT = 443;

/** What says where nginx listens; as it is written, too, before the defaults. */
interface Served {
  port?: number | undefined;
  tls?: { port?: number | undefined; http3?: boolean | undefined } | undefined;
  sites?: readonly ({ tls?: unknown } | undefined)[] | undefined;
  proxyProtocol?: { port?: number | undefined; tlsPort?: number | undefined } | undefined;
  streams?:
    | readonly ({ port?: number | undefined; protocol?: "tcp" | "udp" | undefined } | undefined)[]
    | undefined;
}

/** A port that nginx listens on, and the key that says so. */
export interface Listener {
  port: number;
  path: (string | number)[];
}

/** Whether any site has a certificate. */
export const servesTls = ({ sites }: Pick<Served, "sites">): boolean =>
  (sites ?? []).some((site) => site?.tls !== undefined);

/** Every port that nginx listens on; the first by TCP is the one on which it answers for itself. */
export function listeners(nginx: Served): Record<"tcp" | "udp", Listener[]> {
  const { port, proxyProtocol, streams, tls } = nginx;
  const at = (one: number | undefined, ...path: Listener["path"]): Listener[] =>
    one === undefined ? [] : [{ port: one, path: ["nginx", ...path] }];
  const tlsPort = servesTls(nginx) ? (tls?.port ?? TLS_PORT) : undefined;
  const streamsBy = (protocol: "tcp" | "udp"): Listener[] =>
    (streams ?? []).flatMap((stream, index) =>
      (stream?.protocol ?? "tcp") === protocol ? at(stream?.port, "streams", index, "port") : [],
    );
  return {
    tcp: [
      ...at(port ?? HTTP_PORT, "port"),
      ...at(tlsPort, "tls", "port"),
      ...at(proxyProtocol?.port, "proxyProtocol", "port"),
      ...at(proxyProtocol?.tlsPort, "proxyProtocol", "tlsPort"),
      ...streamsBy("tcp"),
    ],
    udp: [...(tls?.http3 === true ? at(tlsPort, "tls", "port") : []), ...streamsBy("udp")],
  };
}

/** Every TCP port that nginx listens on. */
export const tcpPorts = (nginx: Served): number[] => listeners(nginx).tcp.map(({ port }) => port);

/** Every UDP port that nginx listens on. */
export const udpPorts = (nginx: Served): number[] => listeners(nginx).udp.map(({ port }) => port);
