import { servesTls } from "../../config/nginx/ports";
import type { ServedNginx } from "../settings";

/** The Debian packages of nginx and of the modules that this configuration needs. */
export const nginxPackages = (nginx: ServedNginx): string[] => [
  "nginx",
  "logrotate",
  ...(nginx.streams.length > 0 ? ["libnginx-mod-stream"] : []),
  ...(nginx.compression.brotli ? ["libnginx-mod-http-brotli-filter"] : []),
  ...(servesTls(nginx) ? ["openssl"] : []),
  ...(nginx.pools.some(({ protocol, tls }) => protocol.endsWith("s") && tls.verify)
    ? ["ca-certificates"]
    : []),
];
