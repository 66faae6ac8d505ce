import type { ReleaseFile } from "../release";
import type { ServedNginx } from "../settings";
import { nginxConf } from "./conf";

/**
 * Everything that nginx serves from, equal on both nodes.
 * @param nodes the addresses of both nodes, in an order that is the same on both
 * @param config what the health name answers
 */
export const nginxFiles = (nginx: ServedNginx, nodes: readonly string[], config: string): ReleaseFile[] => [
  { path: "nginx/nginx.conf", mode: "0644", content: nginxConf(nginx, nodes, config) },
];
