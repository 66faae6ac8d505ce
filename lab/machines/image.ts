import { join } from "node:path";
import { withLock } from "../host/locks";
import { type Report, secondsSince } from "../host/report";
import { run } from "../host/run";
import { findImage, imageDirectory, publishImage, stagingDirectory } from "./image-cache";
import { hostMirror, hostProxy, type Release } from "./mirror";
import { type ImageKind, nodeImageCommand, SITE_SCRIPT } from "./recipe";

const BUILD_LIMIT_MS = 900_000;

const DESCRIPTION: Record<ImageKind, string> = {
  node: "for nodes (usually about a minute, once)",
  site: "for backends and clients (usually about 10 s, once)",
  ec2: "for instances (usually about a minute, once)",
};

/** The root directory that machines of this kind share; built when there is none, or only an old one. */
export async function ensureImage(release: Release, kind: ImageKind, report: Report): Promise<string> {
  const found = await findImage(release, kind);
  if (found) return found;
  const what = `the ${release} image ${kind}`;
  const lock = join(imageDirectory(), `.${release}-${kind}`);
  return withLock(lock, { busy: `it builds ${what}`, limitMs: BUILD_LIMIT_MS, report }, async () => {
    const builtMeanwhile = await findImage(release, kind);
    return builtMeanwhile ?? (await build(release, kind, report));
  });
}

async function build(release: Release, kind: ImageKind, report: Report): Promise<string> {
  const base = kind === "site" ? await ensureImage(release, "node", report) : undefined;
  const start = performance.now();
  report(`Building a Debian root (${release}) ${DESCRIPTION[kind]}`);
  const staged = await stagingDirectory(release, kind);
  await (base ? buildSite(base, staged) : buildNode(release, kind, staged));
  const path = await publishImage(staged, release, kind);
  report(`Built the ${release} image ${kind} in ${secondsSince(start)}`);
  return path;
}

async function buildNode(release: Release, kind: ImageKind, directory: string): Promise<void> {
  const command = nodeImageCommand(release, kind, directory, await hostMirror(), await hostProxy());
  await run(command, { timeoutMs: BUILD_LIMIT_MS, env: { LC_ALL: "C.UTF-8" } });
}

async function buildSite(base: string, directory: string): Promise<void> {
  await run(["cp", "--archive", "--reflink=auto", base, directory], { timeoutMs: BUILD_LIMIT_MS });
  const isolated = ["unshare", "--mount", "--pid", "--fork", "--kill-child"];
  await run([...isolated, "sh", "-c", SITE_SCRIPT, "site", directory], {
    timeoutMs: BUILD_LIMIT_MS,
    env: { DEBIAN_FRONTEND: "noninteractive", LC_ALL: "C.UTF-8" },
  });
}
