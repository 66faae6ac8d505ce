import { servesTls } from "../config/nginx/ports";
import { agentFiles } from "./agent/files";
import { nodeEnvironment } from "./environment";
import { imageFiles } from "./image/files";
import { keepalivedConf } from "./keepalived/conf";
import { firewall } from "./network/firewall";
import { nginxFiles } from "./nginx/files";
import { nginxPackages } from "./nginx/packages";
import { nodePrograms } from "./programs";
import type { NodeSettings } from "./settings";
import { shortHash } from "./settings";
import { knownHosts } from "./sync/known-hosts";
import {
  firewallUnit,
  guardUnit,
  keepalivedDropIn,
  nginxDropIn,
  ticketsUnit,
  tmpfiles,
} from "./systemd/units";

/** One file of a release; `path` is relative to the release's directory on the node. */
export interface ReleaseFile {
  path: string;
  mode: "0644" | "0755";
  content: string;
}

/** All that a node serves from, as one whole: it is staged, tested and switched to as a whole. */
export interface Release {
  /** Names the directory `/etc/nginx-ha/releases/<id>`. */
  id: string;
  /** Names what nginx serves: equal on both nodes when both serve the same. nginx itself answers with it. */
  config: string;
  files: ReleaseFile[];
}

/** Renders a node's release. Pure: equal settings give an equal release. */
export function renderRelease(settings: NodeSettings): Release {
  const nodes = [settings.address, settings.peer.address].sort();
  const config = hashOf(nginxFiles(settings.nginx, nodes, ""));
  const files: ReleaseFile[] = [
    ...nginxFiles(settings.nginx, nodes, config),
    { path: "keepalived/keepalived.conf", mode: "0644", content: keepalivedConf(settings) },
    { path: "network/firewall.nft", mode: "0644", content: firewall(settings) },
    { path: "systemd/nginx.service.d/nginx-ha.conf", mode: "0644", content: nginxDropIn() },
    { path: "systemd/keepalived.service.d/nginx-ha.conf", mode: "0644", content: keepalivedDropIn() },
    { path: "systemd/nginx-ha-firewall.service", mode: "0644", content: firewallUnit() },
    { path: "systemd/nginx-ha-guard.service", mode: "0644", content: guardUnit() },
    ...(servesTls(settings.nginx)
      ? [{ path: "systemd/nginx-ha-tickets.service", mode: "0644" as const, content: ticketsUnit() }]
      : []),
    { path: "tmpfiles/nginx-ha.conf", mode: "0644", content: tmpfiles() },
    { path: "sync/known_hosts", mode: "0644", content: knownHosts(settings.peer) },
    { path: "node.env", mode: "0644", content: nodeEnvironment(settings, config) },
    ...agentFiles(settings.agent),
    ...(settings.agent.claim.mode === "arp" ? [] : imageFiles(settings)),
    ...nodePrograms(),
  ];
  files.push({ path: "links", mode: "0644", content: links(files) });
  return { id: hashOf(files), config, files };
}

const hashOf = (files: ReleaseFile[]): string =>
  shortHash(files.map((file) => `${file.mode} ${file.path}\n${file.content}`).join("\0"));

/** The places in the system that point into the current release, a line each: link, target in the release. */
function links(files: ReleaseFile[]): string {
  const places: [RegExp, string][] = [
    [/^nginx\/(nginx\.conf)$/, "/etc/nginx/"],
    [/^keepalived\/(keepalived\.conf)$/, "/etc/keepalived/"],
    [/^systemd\/(.+\.service|.+\.service\.d\/.+)$/, "/etc/systemd/system/"],
    [/^tmpfiles\/(.+)$/, "/etc/tmpfiles.d/"],
    [/^network\/(.+\.network)$/, "/etc/systemd/network/"],
    [/^bin\/(nginx-ha)$/, "/usr/local/sbin/"],
    [/^apt\/(.+)$/, "/etc/apt/apt.conf.d/"],
    [/^cloud-init\/(.+)$/, "/etc/cloud/cloud.cfg.d/"],
  ];
  return files
    .flatMap(({ path }) =>
      places.flatMap(([pattern, directory]) => {
        const name = pattern.exec(path)?.[1];
        return name === undefined ? [] : [`${directory}${name} ${path}\n`];
      }),
    )
    .join("");
}

/** The Debian packages that a node needs, separated by spaces. */
export const packages = ({ agent, nginx }: NodeSettings): string =>
  [
    ...new Set([
      ...nginxPackages(nginx),
      "keepalived",
      "nftables",
      "curl",
      "nodejs",
      ...(agent.claim.mode === "arp" ? [] : ["ca-certificates"]),
    ]),
  ].join(" ");
