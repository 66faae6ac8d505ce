import { existsSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../../config/user-error";
import type { Report } from "./report";
import { attempt } from "./run";

/** A command that the lab runs, and the Debian package that has it. */
const COMMANDS: Readonly<Record<string, string>> = {
  "systemd-nspawn": "systemd-container",
  mmdebstrap: "mmdebstrap",
  nft: "nftables",
  ip: "iproute2",
  nsenter: "util-linux",
  unshare: "util-linux",
  ssh: "openssh-client",
  "ssh-keygen": "openssh-client",
};

const KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg";
const SYSTEM_PATH = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];

/** What is known of the machine before anything is started on it. */
export interface Host {
  platform: string;
  isRoot: boolean;
  has: (path: string) => boolean;
}

/** The packages that must still be installed. */
export function missingPackages(host: Host): string[] {
  const missing = Object.entries(COMMANDS).filter(([command]) => !hasCommand(host, command));
  const packages = missing.map(([, name]) => name);
  if (!host.has(KEYRING)) packages.push("debian-archive-keyring");
  return [...new Set(packages)];
}

/** Why the lab cannot run here, in one sentence that says what to do; nothing when it can. */
export function obstacle(host: Host): string | undefined {
  if (host.platform !== "linux") {
    return `The lab boots Linux machines and needs a Linux host (this is ${host.platform}): run it in a Linux virtual machine.`;
  }
  if (!host.isRoot)
    return "The lab makes network namespaces and machines and needs root: run `sudo npm run lab`.";
  const packages = missingPackages(host);
  if (packages.length > 0 && !hasCommand(host, "apt-get")) {
    return `The lab needs commands that are missing here: install ${packages.join(", ")} (Debian's names) with your package manager.`;
  }
  return undefined;
}

/** Throws when this machine cannot run a lab. */
export function requireHost(): void {
  addSystemPath();
  const problem = obstacle(thisHost());
  if (problem) throw new UserError(problem);
}

/** Makes sure that this machine can run a lab, and installs what is missing where apt-get can. */
export async function ensureHost(report: Report): Promise<void> {
  requireHost();
  const packages = missingPackages(thisHost());
  if (packages.length > 0) await install(packages, report);
}

async function install(packages: string[], report: Report): Promise<void> {
  report(`Installing ${packages.join(", ")} with apt-get`);
  const argv = ["apt-get", "install", "--yes", "--no-install-recommends", ...packages];
  const options = { timeoutMs: 300_000, env: { DEBIAN_FRONTEND: "noninteractive" } };
  if ((await attempt(argv, options)).exitCode === 0) return;
  await attempt(["apt-get", "update"], options);
  const second = await attempt(argv, options);
  if (second.exitCode === 0) return;
  const reason = second.stderr.trim().split("\n").at(-1);
  throw new UserError(`apt-get could not install what the lab needs (${reason}): run \`${argv.join(" ")}\`.`);
}

function thisHost(): Host {
  return {
    platform: process.platform,
    isRoot: process.getuid?.() === 0,
    has: existsSync,
  };
}

function hasCommand(host: Host, command: string): boolean {
  return (process.env.PATH ?? "").split(":").some((directory) => host.has(join(directory, command)));
}

/** Root's PATH lacks /usr/sbin in some shells, and `ip` and `nft` are there. */
function addSystemPath(): void {
  const present = (process.env.PATH ?? "").split(":");
  process.env.PATH = [...present, ...SYSTEM_PATH.filter((entry) => !present.includes(entry))].join(":");
}
