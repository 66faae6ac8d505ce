import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import pc from "picocolors";
import { UserError } from "../config/user-error";
import { ensureHost } from "./host/requirements";
import { ensureTestTools } from "./host/test-tools";
import { ensureImage } from "./machines/image";
import type { Release } from "./machines/mirror";
import { openPulumi } from "./pair/engine";

const clone = resolve(__dirname, "..");
const report = (line: string): void => console.error(pc.dim(line));

/** Makes what the tests need, so that their time limits do not pay for it: packages, engine, images. */
async function prepare(): Promise<void> {
  const release = (process.env.NGINX_HA_RELEASE ?? "trixie") as Release;
  await ensureHost(report);
  await ensureTestTools(report);
  const scratch = await mkdtemp(join(tmpdir(), "nginx-ha-"));
  await openPulumi(clone, scratch, report).finally(() => rm(scratch, { recursive: true, force: true }));
  for (const kind of ["node", "site", "ec2"] as const) await ensureImage(release, kind, report);
}

prepare().catch((error: unknown) => {
  console.error(error instanceof UserError ? `${pc.red("error:")} ${error.message}` : error);
  process.exitCode = 1;
});
