import { expect, it, vi } from "vitest";
import { run } from "../../agent/run";

const sh = (script: string, limitMs = 60_000) => run("sh", ["-c", script], limitMs);

it("tells what a program said, apart, and whether it failed", async () => {
  expect(await sh("echo out; echo err >&2")).toEqual({ failed: false, out: "out\n", err: "err\n" });
  expect(await sh("echo err >&2; exit 3")).toEqual({ failed: true, out: "", err: "err\n" });
});

it("has it speak English, and nothing of its own environment but where programs are", async () => {
  vi.stubEnv("LC_ALL", "de_DE.UTF-8");
  vi.stubEnv("SECRET", "of somebody else's");
  expect((await sh('echo "$LC_ALL $SECRET"')).out).toBe("C \n");
  vi.unstubAllEnvs();
});

it("says why where the program says nothing", async () => {
  expect((await run("/none", [], 60_000)).err).toBe("spawn /none ENOENT");
  const late = await sh("exec sleep 60", 100);
  expect(late.failed).toBe(true);
  expect(late.err).toMatch(/sh was not done after 0.1 s$/);
});
