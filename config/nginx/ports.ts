import type { NginxConfig } from ".";

type Served = Pick<NginxConfig, "port" | "proxyProtocol" | "streams"> & {
  tls: { port: number; http3?: boolean };
  sites: readonly { tls?: unknown }[];
};

/** Whether any site has a certificate. */
export const servesTls = ({ sites }: Pick<Served, "sites">): boolean =>
  sites.some(({ tls }) => tls !== undefined);

/** Every TCP port that nginx listens on; the first is the one on which it answers for itself. */
export const tcpPorts = (nginx: Served): number[] => [
  nginx.port,
  ...(servesTls(nginx) ? [nginx.tls.port] : []),
  ...[nginx.proxyProtocol?.port, nginx.proxyProtocol?.tlsPort].filter((port) => port !== undefined),
  ...nginx.streams.filter(({ protocol }) => protocol === "tcp").map(({ port }) => port),
];

/** Every UDP port that nginx listens on. */
export const udpPorts = (nginx: Pick<Served, "streams" | "sites" | "tls">): number[] => [
  ...(nginx.tls.http3 && servesTls(nginx) ? [nginx.tls.port] : []),
  ...nginx.streams.filter(({ protocol }) => protocol === "udp").map(({ port }) => port),
];
