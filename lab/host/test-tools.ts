import { existsSync } from "node:fs";
import { UserError } from "../../config/user-error";
import type { Report } from "./report";
import { attempt, run } from "./run";

/** What the tests use beyond the lab, by Debian's package: an SSH server of their own, certificates, load, Go for actionlint, boto3's Python, a browser that looks at reports. */
const tools: Record<string, () => Promise<boolean>> = {
  "openssh-server": async () => existsSync("/usr/sbin/sshd"),
  "iputils-ping": async () => existsSync("/usr/bin/ping") || existsSync("/bin/ping"),
  openssl: () => works("openssl", "version"),
  "golang-go": () => works("go", "version"),
  wrk: async () => existsSync("/usr/bin/wrk"),
  chromium: async () => existsSync("/usr/bin/chromium"),
  "fonts-dejavu-core": async () => existsSync("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"),
  "nghttp2-client": async () => existsSync("/usr/bin/h2load"),
  nginx: async () => existsSync("/usr/sbin/nginx"),
  haproxy: async () => existsSync("/usr/sbin/haproxy"),
  "python3-venv": () => works("python3", "-c", "import ensurepip, venv"),
};

/** What the packages would start. */
const units: Record<string, string[]> = {
  "openssh-server": ["ssh.service", "ssh.socket"],
  nginx: ["nginx.service"],
  haproxy: ["haproxy.service"],
};

/** Installs what of it is missing; the machine does not start to serve anything because of that. */
export async function ensureTestTools(report: Report): Promise<void> {
  const there = await Promise.all(Object.values(tools).map((check) => check()));
  const missing = Object.keys(tools).filter((_name, index) => !there[index]);
  if (missing.length === 0) return;
  const install = ["apt-get", "install", "--yes", "--no-install-recommends", ...missing];
  if (!existsSync("/usr/bin/apt-get")) {
    throw new UserError(
      `The tests need ${missing.join(", ")} (Debian's names): install them with your package manager.`,
    );
  }
  report(`Installing ${missing.join(", ")} with apt-get, for the tests`);
  const services = missing.flatMap((name) => units[name] ?? []);
  const guarded = services.length > 0 && existsSync("/run/systemd/system");
  if (guarded) await run(["systemctl", "--runtime", "mask", ...services]);
  try {
    const options = { timeoutMs: 600_000, env: { DEBIAN_FRONTEND: "noninteractive" } };
    if ((await attempt(install, options)).exitCode !== 0) {
      await attempt(["apt-get", "update"], options);
      await run(install, options);
    }
    if (guarded) await attempt(["systemctl", "disable", ...services]);
  } finally {
    if (guarded) await run(["systemctl", "--runtime", "unmask", ...services]);
  }
}

async function works(...argv: string[]): Promise<boolean> {
  return attempt(argv).then(
    ({ exitCode }) => exitCode === 0,
    () => false,
  );
}
