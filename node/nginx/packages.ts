import type { ServedNginx } from "../settings";

/** The Debian packages of nginx and of the modules that this configuration needs. */
export const nginxPackages = (nginx: ServedNginx): string[] => [
  "nginx",
  "logrotate",
  ...(nginx.streams.length > 0 ? ["libnginx-mod-stream"] : []),
  ...(nginx.compression.brotli ? ["libnginx-mod-http-brotli-filter"] : []),
  ...(nginx.certificates.length > 0 ? ["openssl", "ca-certificates"] : []),
  ...(nginx.acme ? ["dehydrated"] : []),
  ...(nginx.pools.some(({ protocol, tls }) => protocol.endsWith("s") && tls.verify)
    ? ["ca-certificates"]
    : []),
];
