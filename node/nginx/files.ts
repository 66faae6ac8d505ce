import type { ReleaseFile } from "../release";
import type { ServedNginx } from "../settings";
import { nginxConf } from "./conf";
import { pageFiles } from "./pages";

/** Everything that nginx serves from, equal on both nodes; see `nginxConf` for `nodes` and `config`. */
export const nginxFiles = (nginx: ServedNginx, nodes: readonly string[], config: string): ReleaseFile[] => [
  { path: "nginx/nginx.conf", mode: "0644", content: nginxConf(nginx, nodes, config) },
  ...pageFiles(nginx),
];
