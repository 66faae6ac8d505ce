import { createHash } from "node:crypto";
import { type Mirror, type Release, sources } from "./mirror";

/**
 * What a machine starts with: `node` is an empty server, `site` has nginx and curl, `ec2` is an empty server like
 * Debian's image for EC2.
 */
export type ImageKind = "node" | "site" | "ec2";

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
const DOWNLOADED = [
  "nginx",
  "libnginx-mod-stream",
  "libnginx-mod-http-brotli-filter",
  "logrotate",
  "keepalived",
  "nftables",
  "curl",
  "nodejs",
  "procps",
  "socat",
];

/**
 * What Debian's EC2 image has beside the base, as far as it matters to a container (salsa.debian.org/cloud-team/
 * debian-cloud-images, config_space, classes CLOUD and EC2): first start by user data, upgrades by themselves, and
 * the manager that gives every address of an interface to the machine.
 */
const EC2 = ["cloud-init", "amazon-ec2-net-utils", "unattended-upgrades", "python3"];

/** What backends and clients have beside the base; the tests of nginx's files run in such a root, too. */
const SITE = ["nginx", "libnginx-mod-stream", "libnginx-mod-http-brotli-filter", "openssl", "curl", "procps"];

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

const download = (packages: readonly string[]): string => `set -e
chroot "$1" apt-get clean
chroot "$1" apt-get install --yes --download-only -o APT::Install-Recommends=true ${packages.join(" ")}
`;

const CLOUD_INIT = `datasource_list: [Ec2]
datasource: {Ec2: {metadata_urls: ["http://169.254.169.254"], timeout: 5, max_wait: 30}}
manage_etc_hosts: localhost
locale: false
system_info:
  default_user: {name: admin, gecos: Debian, lock_passwd: true, shell: /bin/bash, sudo: ["ALL=(ALL) NOPASSWD:ALL"]}
`;

/**
 * cloud-init knows EC2 by a UUID of firmware or hypervisor, and takes a token only there; a container has neither, so
 * it is given a file to read instead. Nor has it udev, into which one of its modules puts a rule.
 */
const FINISH_EC2 = `set -e
printf 'ec2e1916-9099-7caf-fd21-000000000000\n' > "$1/etc/hypervisor-uuid"
sed -i 's#"/sys/hypervisor/uuid"#"/etc/hypervisor-uuid"#' "$1/usr/lib/python3/dist-packages/cloudinit/sources/DataSourceEc2.py"
grep -q '"/etc/hypervisor-uuid"' "$1/usr/lib/python3/dist-packages/cloudinit/sources/DataSourceEc2.py"
printf '%s' '${CLOUD_INIT}' > "$1/etc/cloud/cloud.cfg.d/90_lab.cfg"
printf 'policy: enabled\ndatasource: Ec2\n' > "$1/etc/cloud/ds-identify.cfg"
rm -f "$1/etc/ssh/sshd_config.d/10-lab.conf" "$1"/etc/systemd/system/systemd-networkd.service "$1"/etc/systemd/system/systemd-networkd.socket
sed -i '/install-hotplug/d' "$1/etc/cloud/cloud.cfg"
chroot "$1" systemctl enable systemd-networkd.service
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
  kind: ImageKind,
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
    `--include=${(kind === "ec2" ? [...BASE, ...EC2] : BASE).join(",")}`,
    ...aptOptions.map((option) => `--aptopt=${option}`),
    ...DPKG_OPTIONS.map((option) => `--dpkgopt=${option}`),
    `--customize-hook=${download(DOWNLOADED)}`,
    `--customize-hook=${FINISH}`,
    ...(kind === "ec2" ? [`--customize-hook=${FINISH_EC2}`] : []),
    release,
    directory,
    ...sources(release, mirror),
  ];
}

/** What an image is made of, in eight characters: another recipe is another image. */
export function recipeHash(release: Release, kind: ImageKind): string {
  const recipe = [nodeImageCommand(release, kind, "ROOT", undefined), kind === "site" ? SITE_SCRIPT : ""];
  return createHash("sha256").update(JSON.stringify(recipe)).digest("hex").slice(0, 8);
}
