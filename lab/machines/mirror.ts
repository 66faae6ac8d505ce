import { attempt } from "../host/run";

/** Where packages come from: what the lines of sources.list name. */
export interface Mirror {
  archive: string;
  security: string;
}

/** The Debian releases that machines can have. */
export type Release = "trixie" | "bookworm";

const TARGETS = ["apt-get", "indextargets", "--format", "$(ORIGIN) $(CODENAME) $(COMPONENT) $(REPO_URI)"];

/** The mirror that the host's own apt uses, from the output of `apt-get indextargets`; nothing on another system. */
export function parseMirror(targets: string): Mirror | undefined {
  const rows = targets.split("\n").map((line) => line.trim().split(" "));
  const main = rows.filter(([origin, , component]) => origin === "Debian" && component === "main");
  const find = (codename: RegExp) =>
    main.find(([, name = "", , uri = ""]) => codename.test(name) && /^https?:/.test(uri))?.[3];
  const archive = find(/^[a-z]+$/);
  const security = find(/^[a-z]+-security$/);
  return archive && security ? { archive, security } : undefined;
}

/** The lines of sources.list for a release; none leaves mmdebstrap to its default mirror. */
export function sources(release: Release, mirror: Mirror | undefined): string[] {
  if (!mirror) return [];
  return [
    `deb ${mirror.archive} ${release} main`,
    `deb ${mirror.archive} ${release}-updates main`,
    `deb ${mirror.security} ${release}-security main`,
  ];
}

/** The mirror of the host's own apt. */
export async function hostMirror(): Promise<Mirror | undefined> {
  const { exitCode, stdout } = await attempt(TARGETS).catch(() => ({ exitCode: 1, stdout: "" }));
  return exitCode === 0 ? parseMirror(stdout) : undefined;
}

/** The package proxy of the host's own apt, which the machines must use as well. */
export async function hostProxy(): Promise<string | undefined> {
  const argv = ["apt-config", "shell", "PROXY", "Acquire::http::Proxy"];
  const { stdout } = await attempt(argv).catch(() => ({ stdout: "" }));
  return /^PROXY='(.+)'$/m.exec(stdout)?.[1];
}
