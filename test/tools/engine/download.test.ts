import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { download } from "../../../tools/engine/download";
import { fakeInstaller, SYSTEM_PATH, scratch } from "./helpers";

it("a download that hangs is ended at its deadline, with everything that it started", async () => {
  const root = await scratch();
  const late = join(root, "late");
  const installer = await fakeInstaller(
    join(root, "installer.mjs"),
    `import { spawn } from "node:child_process";
process.stdin.resume();
process.stdin.on("end", () => process.kill(0, "SIGKILL"));
spawn("/bin/sh", ["-c", "sleep 2; touch ${late}"], { stdio: "ignore" });
setInterval(() => {}, 1000);`,
  );
  expect(await download(root, { PATH: SYSTEM_PATH }, installer, 500)).toEqual({
    ok: false,
    reason: "not finished within 0.5 s",
  });
  await sleep(2_000);
  expect(existsSync(late)).toBe(false);
});
