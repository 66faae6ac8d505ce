import { acmeFiles } from "./acme/files";
import { agentFiles } from "./agent/files";
import { aptFile } from "./apt";
import { type Content, stackContent, topNames } from "./content";
import { drainFiles } from "./drain/files";
import { nodeEnvironment } from "./environment";
import { imageFiles } from "./image/files";
import { keepalivedConf } from "./keepalived/conf";
import { firewall } from "./network/firewall";
import { nginxPackages } from "./nginx/packages";
import { nodePrograms } from "./programs";
import type { NodeSettings } from "./settings";
import { shortHash } from "./settings";
import { syncFiles } from "./sync/files";
import { knownHosts } from "./sync/known-hosts";
import { sshConfig } from "./sync/ssh-config";
import {
  current,
  firewallUnit,
  guardUnit,
  handoverUnit,
  keepalivedDropIn,
  nginxDropIn,
  tmpfiles,
} from "./systemd/units";

/** One file of a release; `path` is relative to the release's directory on the node. */
export interface ReleaseFile {
  path: string;
  mode: "0644" | "0755";
  content: string;
}

/**
 * What `pulumi up` brings to a node: the node's own release, staged, tested and switched to as a whole, and the stack's
 * part of what nginx serves, which the MASTER publishes for both.
 */
export interface Release {
  /** Names the directory `/etc/nginx-ha/releases/<id>`. */
  id: string;
  files: ReleaseFile[];
  content: Content;
}

/** Renders a node's release. Pure: equal settings give an equal release. */
export function renderRelease(settings: NodeSettings): Release {
  const content = stackContent(settings);
  const files: ReleaseFile[] = [
    { path: "keepalived/keepalived.conf", mode: "0644", content: keepalivedConf(settings) },
    { path: "network/firewall.nft", mode: "0644", content: firewall(settings) },
    { path: "systemd/nginx.service.d/nginx-ha.conf", mode: "0644", content: nginxDropIn() },
    { path: "systemd/keepalived.service.d/nginx-ha.conf", mode: "0644", content: keepalivedDropIn() },
    { path: "systemd/nginx-ha-firewall.service", mode: "0644", content: firewallUnit() },
    { path: "systemd/nginx-ha-guard.service", mode: "0644", content: guardUnit() },
    {
      path: "systemd/nginx-ha-handover.service",
      mode: "0644",
      content: handoverUnit(settings.drain?.seconds ?? 0),
    },
    { path: "tmpfiles/nginx-ha.conf", mode: "0644", content: tmpfiles() },
    { path: "sync/known_hosts", mode: "0644", content: knownHosts(settings.peer) },
    { path: "sync/ssh_config", mode: "0644", content: sshConfig(settings.peer) },
    { path: "node.env", mode: "0644", content: nodeEnvironment(settings) },
    aptFile,
    ...agentFiles(settings.agent),
    ...syncFiles(settings.sync),
    ...acmeFiles(settings.nginx),
    ...(settings.drain ? drainFiles(settings.drain) : []),
    ...(settings.agent.claim.mode === "arp" ? [] : imageFiles(settings)),
    ...nodePrograms(),
  ];
  files.push({ path: "links", mode: "0644", content: links(files, content) });
  return {
    id: shortHash(files.map((file) => `${file.mode} ${file.path}\n${file.content}`).join("\0")),
    files,
    content,
  };
}

/** The places in the system that point into the current release, or into what is served, a line each: link, target. */
function links(files: ReleaseFile[], content: Content): string {
  const places: [RegExp, string][] = [
    [/^keepalived\/(keepalived\.conf)$/, "/etc/keepalived/"],
    [/^systemd\/(.+\.(?:service|timer)|.+\.service\.d\/.+)$/, "/etc/systemd/system/"],
    [/^tmpfiles\/(.+)$/, "/etc/tmpfiles.d/"],
    [/^sysctl\/(.+)$/, "/etc/sysctl.d/"],
    [/^network\/(.+\.network)$/, "/etc/systemd/network/"],
    [/^bin\/(nginx-ha)$/, "/usr/local/sbin/"],
    [/^apt\/(.+)$/, "/etc/apt/apt.conf.d/"],
    [/^cloud-init\/(.+)$/, "/etc/cloud/cloud.cfg.d/"],
  ];
  const own = files.flatMap(({ path }) =>
    places.flatMap(([pattern, directory]) => {
      const name = pattern.exec(path)?.[1];
      return name === undefined ? [] : [`${directory}${name} ${current}/${path}\n`];
    }),
  );
  const served = topNames(content).map((name) => `/etc/nginx/${name} /etc/nginx-ha/serving/${name}\n`);
  return [...own, ...served].join("");
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
      "socat",
      ...(agent.claim.mode === "arp" ? [] : ["ca-certificates"]),
    ]),
  ].join(" ");
