import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type Lock, npmArguments, tail, whyInstall } from "../../tools/install.mjs";
import { SYSTEM_PATH, scratch, script } from "./engine/helpers";

const LOCK: Lock = {
  packages: {
    "": {},
    "node_modules/a": { version: "1.0.0", optionalDependencies: { "a-linux": "1.0.0" } },
    "node_modules/a-linux": { version: "1.0.0", optional: true },
  },
};

function installed(...versions: [string, string][]): Lock {
  return {
    packages: Object.fromEntries(versions.map(([name, version]) => [`node_modules/${name}`, { version }])),
  };
}

describe("whether to install", () => {
  it.each([
    ["nothing is there", undefined, "node_modules is missing or was left half made"],
    ["all is there", installed(["a", "1.0.0"], ["a-linux", "1.0.0"]), undefined],
    ["an optional package of another platform is not there", installed(["a", "1.0.0"]), undefined],
    ["there is more", installed(["a", "1.0.0"], ["b", "2.0.0"]), undefined],
    ["a version differs", installed(["a", "1.0.1"]), "node_modules/a is not as in package-lock.json"],
    [
      "an optional one differs",
      installed(["a", "1.0.0"], ["a-linux", "0.9.0"]),
      "node_modules/a-linux is not as in package-lock.json",
    ],
    ["one is missing", installed(), "node_modules/a is not as in package-lock.json"],
  ])("when %s", (_, there, why) => {
    expect(whyInstall(LOCK, there)).toBe(why);
  });
});

describe("how to install", () => {
  it("is npm ci for a complete lock file", () => {
    expect(npmArguments(LOCK)[0]).toBe("ci");
  });

  it("finds an optional package that is nested", () => {
    const { "node_modules/a": a } = LOCK.packages;
    const nested = { "node_modules/a": a, "node_modules/a/node_modules/a-linux": { version: "1.0.0" } };
    expect(npmArguments({ packages: nested as Lock["packages"] })[0]).toBe("ci");
  });

  it("is npm install, which writes nothing back, where the lock file lacks other platforms' packages", () => {
    const lock = {
      packages: { "node_modules/a": { version: "1.0.0", optionalDependencies: { "a-mac": "1.0.0" } } },
    };
    expect(npmArguments(lock).slice(0, 2)).toEqual(["install", "--no-save"]);
  });
});

it("npm's tail leaves out its empty lines", () => {
  expect(tail("one\nnpm error\nnpm error two\n\nnpm error three\n", 2)).toBe(
    "  npm error two\n  npm error three",
  );
});

describe("tools/install.mjs", () => {
  async function clone(npm?: string) {
    const root = await scratch();
    await mkdir(join(root, "tools"));
    await copyFile("tools/install.mjs", join(root, "tools", "install.mjs"));
    await writeFile(join(root, "package-lock.json"), JSON.stringify(LOCK));
    if (npm) await script(join(root, "bin", "npm"), `echo "$@" >> ${root}/asked\n${npm}`);
    const bin = join(root, "bin");
    const run = () =>
      new Promise<{ code: number; said: string }>((done) => {
        const file = [join(root, "tools", "install.mjs")];
        const env = { PATH: npm ? `${bin}:${SYSTEM_PATH}` : bin };
        execFile(process.execPath, file, { env }, (error, stdout, stderr) =>
          done({ code: error ? Number(error.code) : 0, said: stdout + stderr }),
        );
      });
    return { root, run, asked: () => readFileSync(join(root, "asked"), "utf8").trim().split("\n") };
  }

  const WORKS = `sleep 1; mkdir -p node_modules; echo '${JSON.stringify(installed(["a", "1.0.0"]))}' > node_modules/.package-lock.json`;

  it("installs once, says what it does in one line, and then does nothing", async () => {
    const { run, asked } = await clone(WORKS);
    const first = await run();
    expect(first).toEqual({
      code: 0,
      said: "Installing npm packages with npm ci (usually 30 to 60 s): node_modules is missing or was left half made\n",
    });
    expect(await run()).toEqual({ code: 0, said: "" });
    expect(asked()).toEqual(["ci --loglevel=error --no-audit --no-fund"]);
  });

  it("run twice at once installs once", async () => {
    const { run, asked } = await clone(WORKS);
    const both = await Promise.all([run(), run(), run()]);
    expect(both.map(({ code }) => code)).toEqual([0, 0, 0]);
    expect(both.filter(({ said }) => said.startsWith("Installing"))).toHaveLength(1);
    expect(both.filter(({ said }) => said.startsWith("Waiting for process"))).toHaveLength(2);
    expect(asked()).toHaveLength(1);
  });

  it("shows the tail of npm's own output when npm fails, and tries again the next time", async () => {
    const { root, run, asked } = await clone("echo 'npm error code E404' >&2; exit 1");
    expect(await run()).toEqual({
      code: 1,
      said: expect.stringMatching(/npm ci did not succeed \(exit 1\):\n {2}npm error code E404\n$/),
    });
    expect(existsSync(join(root, "node_modules"))).toBe(false);
    await run();
    expect(asked()).toHaveLength(2);
  });

  it("says what to install when there is no npm", async () => {
    const { run } = await clone();
    const { code, said } = await run();
    expect(code).toBe(1);
    expect(said).toContain("npm is not on PATH: install Node.js 22 or newer together with npm\n");
    expect(said).not.toContain("    at ");
  });

  it("takes over from an install that was killed", async () => {
    const killFirst = '[ -e killed ] || { touch killed; kill -9 "$PPID"; exit 1; }';
    const { run, asked } = await clone(WORKS.replace("sleep 1", killFirst));
    await run();
    const second = await run();
    expect(second.code).toBe(0);
    expect(second.said).not.toContain("Waiting");
    expect(asked()).toHaveLength(2);
  });
});
