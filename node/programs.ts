import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { ReleaseFile } from "./release";

const names = [
  "nginx-started",
  "vip-flush",
  "vip-held",
  "peer-command",
  "gate",
  "hand-over",
  "peer-head",
  "vrrp-state",
  "node-status",
  "certificates",
  "nginx-ha",
  "freeze-guard",
] as const;

/** The small programs that every release brings along in `bin/`; their sources are in `node/bin/`. */
export const nodePrograms = (): ReleaseFile[] =>
  names.map((name) => ({
    path: `bin/${name}`,
    mode: "0755",
    content: readFileSync(join(__dirname, "bin", `${name}.sh`), "utf8"),
  }));
