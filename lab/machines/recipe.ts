import { createHash } from "node:crypto";
import { type Mirror, type Release, sources } from "./mirror";

/** What a machine starts with: `node` is an empty server, `site` has nginx and curl. */
export type ImageKind = "node" | "site";

/** Every machine has these, much as a cloud image does. */
const BASE = [
  "systemd",
  "systemd-sysv",
  "dbus",
  "openssh-server",
  "iproute2",
  "iputils-ping",
  "ca-certificates",
  "sudo",
];

/** What the product installs on a node: downloaded into the image, so that installing is quick, but not installed. */
const DOWNLOADED = ["nginx", "keepalived", "nftables", "curl", "procps"];

/** What backends and clients have beside the base. */
const SITE = ["nginx", "curl", "procps"];

/** Units that take a lock of apt, or do housekeeping that a lab has no use for. */
const MASKED = [
  "apt-daily.timer",
  "apt-daily-upgrade.timer",
  "dpkg-db-backup.timer",
  "e2scrub_all.timer",
  "e2scrub_reap.service",
  "fstrim.timer",
  "sshd-keygen.service",
  "systemd-networkd.service",
  "systemd-networkd.socket",
  "systemd-pstore.service",
  "systemd-resolved.service",
  "systemd-sysctl.service",
  "systemd-timesyncd.service",
];

const SSHD = `HostKey /etc/ssh/ssh_host_ed25519_key
PermitRootLogin prohibit-password
PasswordAuthentication no
UseDNS no
`;

/** The last steps inside the new root; "$1" is its directory. */
const FINISH = `set -e
rm -f "$1"/etc/ssh/ssh_host_* "$1"/etc/resolv.conf "$1"/etc/hostname
printf '%s' '${SSHD}' > "$1/etc/ssh/sshd_config.d/10-lab.conf"
for unit in ${MASKED.join(" ")}; do ln -sf /dev/null "$1/etc/systemd/system/$unit"; done
`;

const DOWNLOAD = `set -e
chroot "$1" apt-get clean
chroot "$1" apt-get install --yes --download-only -o APT::Install-Recommends=true ${DOWNLOADED.join(" ")}
`;

const APT_OPTIONS = ['APT::Keep-Downloaded-Packages "true"', 'Acquire::Languages "none"'];
const DPKG_OPTIONS = ["force-unsafe-io", "path-exclude=/usr/share/man/*", "path-exclude=/usr/share/doc/*"];

/** Installs the site's packages into a copied root; policy-rc.d keeps their services from starting on the host. */
export const SITE_SCRIPT = `set -e
mount -t proc proc "$1/proc"
printf 'exit 101\\n' > "$1/usr/sbin/policy-rc.d"
chmod 755 "$1/usr/sbin/policy-rc.d"
chroot "$1" apt-get install --yes --no-install-recommends ${SITE.join(" ")}
rm "$1/usr/sbin/policy-rc.d"
umount "$1/proc"
`;

/** The command that makes the root of a node. */
export function nodeImageCommand(
  release: Release,
  directory: string,
  mirror: Mirror | undefined,
  proxy?: string,
): string[] {
  const aptOptions = proxy ? [...APT_OPTIONS, `Acquire::http::Proxy "${proxy}"`] : APT_OPTIONS;
  return [
    "mmdebstrap",
    "--variant=minbase",
    "--format=directory",
    "--skip=cleanup/apt/lists,cleanup/apt/cache",
    `--include=${BASE.join(",")}`,
    ...aptOptions.map((option) => `--aptopt=${option}`),
    ...DPKG_OPTIONS.map((option) => `--dpkgopt=${option}`),
    `--customize-hook=${DOWNLOAD}`,
    `--customize-hook=${FINISH}`,
    release,
    directory,
    ...sources(release, mirror),
  ];
}

/** What an image is made of, in eight characters: another recipe is another image. */
export function recipeHash(release: Release, kind: ImageKind): string {
  const recipe = [nodeImageCommand(release, "ROOT", undefined), kind === "site" ? SITE_SCRIPT : ""];
  return createHash("sha256").update(JSON.stringify(recipe)).digest("hex").slice(0, 8);
}
