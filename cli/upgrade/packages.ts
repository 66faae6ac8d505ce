import { UserError } from "../../config/user-error";
import type { Remote } from "../ssh";

/** A package that the node could have newer. */
export interface Upgrade {
  name: string;
  from: string;
  to: string;
}

const APT = "apt-get --quiet --quiet --option=DPkg::Lock::Timeout=60";

/** What is held by the node's owner stays as it is. */
const LIST = `set -e
${APT} update >/dev/null
apt-get --simulate --quiet --quiet upgrade --with-new-pkgs | sed -n 's/^Inst //p'
`;

/** Lines such as `nginx [1.26.3-3+deb13u1] (1.26.3-3+deb13u2 Debian:13/stable [amd64])`. */
export const parseUpgrades = (text: string): Upgrade[] =>
  text.split("\n").flatMap((line) => {
    const [, name, from, to] = /^(\S+) (?:\[(\S+)\] )?\((\S+) /.exec(line) ?? [];
    return name && to ? [{ name, from: from ?? "-", to }] : [];
  });

/** Asks a node what it could upgrade; its lists are fetched anew. */
export async function upgradesOf(remote: Remote): Promise<Upgrade[]> {
  const { exitCode, stdout, stderr } = await remote.run(LIST, 180);
  if (exitCode !== 0)
    throw new UserError(`${remote.name} does not say what is new: ${lastLine(stderr, exitCode)}`);
  return parseUpgrades(stdout);
}

/** Upgrades a node's packages, keeps its configuration files, and starts again what still runs old code. */
const UPGRADE = `set -eu
export DEBIAN_FRONTEND=noninteractive
${APT} --yes --option=Dpkg::Options::=--force-confdef --option=Dpkg::Options::=--force-confold \\
  upgrade --with-new-pkgs >/var/lib/nginx-ha/upgrade.log 2>&1 || { tail -n 5 /var/lib/nginx-ha/upgrade.log >&2; exit 1; }
systemctl daemon-reload
# needrestart may leave them as they were.
for unit in nginx keepalived nginx-ha-agent nginx-ha-sync nginx-ha-guard; do
  pid=$(systemctl show --value --property MainPID $unit)
  if [ "$pid" != 0 ] && grep -q '(deleted)$' <(ls -l /proc/"$pid"/exe /proc/"$pid"/map_files 2>/dev/null); then
    systemctl restart $unit
  fi
done
`;

/** Upgrades everything on a node, and goes on at Ctrl-C. Its services stop meanwhile: it must be standby. */
export async function upgradeNode(remote: Remote): Promise<void> {
  const { exitCode, stderr } = await remote.run(UPGRADE, 900, { apart: true });
  if (exitCode !== 0) throw new UserError(`${remote.name} was not upgraded: ${lastLine(stderr, exitCode)}`);
}

const lastLine = (text: string, exitCode: number): string =>
  text.trim().split("\n").slice(-3).join(" ") || `exit status ${exitCode}`;
