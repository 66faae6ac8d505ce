// Installs what package-lock.json names, unless it is installed already. Plain Node: it runs on a fresh
// clone, before anything that it could import is there.

import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const OLDEST_NODE = 18;
const NPM_DEADLINE = 15 * 60_000;
const WAIT = 20 * 60_000;

/** Why the tree must be installed, or undefined when what is there matches the lock file. */
export function whyInstall(lock, installed) {
  if (!installed) return "node_modules is missing or was left half made";
  for (const [path, wanted] of Object.entries(lock.packages)) {
    if (path === "" || wanted.link) continue;
    const found = installed.packages[path];
    if (!found && (wanted.optional || wanted.devOptional)) continue;
    if (found?.version !== wanted.version) return `${path} is not as in package-lock.json`;
  }
  return undefined;
}

/** The npm command for this lock file. */
export function npmArguments(lock) {
  // Beats the silence that `npm run --silent` hands down to us.
  const quiet = ["--loglevel=error", "--no-audit", "--no-fund"];
  return lacksOptional(lock) ? ["install", "--no-save", ...quiet] : ["ci", ...quiet];
}

/**
 * Whether the lock file leaves out optional packages of other platforms, as one does that was written
 * behind a registry without them: `npm ci` refuses such a file.
 */
export function lacksOptional(lock) {
  return Object.entries(lock.packages).some(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).some((name) => !resolves(lock.packages, path, name)),
  );
}

function resolves(packages, path, name) {
  for (let from = path; ; from = from.slice(0, Math.max(0, from.lastIndexOf("node_modules/") - 1))) {
    if (packages[from === "" ? `node_modules/${name}` : `${from}/node_modules/${name}`]) return true;
    if (from === "") return false;
  }
}

/** The last lines of npm's output that say something. */
export function tail(output, lines = 15) {
  const said = output.split("\n").filter((line) => line.replace(/^npm error\s*/, "").trim() !== "");
  return said
    .slice(-lines)
    .map((line) => `  ${line}`)
    .join("\n");
}

/** Installs the tree of `root` when it must be; returns whether it did. */
export async function install(root, say = console.error) {
  if (!whyInstall(readLock(root), readInstalled(root))) return false;
  const release = await takeLock(lockFile(root), say);
  try {
    const lock = readLock(root);
    const why = whyInstall(lock, readInstalled(root));
    if (!why) return false;
    const args = npmArguments(lock);
    say(`Installing npm packages with npm ${args[0]} (usually 30 to 60 s): ${why}`);
    await npm(args, root);
    return true;
  } finally {
    release();
  }
}

function readLock(root) {
  try {
    return JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"));
  } catch (error) {
    throw new Plain(`package-lock.json cannot be read: ${error.message}`);
  }
}

/** npm's own record of what it installed, which it writes last. */
function readInstalled(root) {
  try {
    return JSON.parse(readFileSync(join(root, "node_modules", ".package-lock.json"), "utf8"));
  } catch {
    return undefined;
  }
}

function npm(args, root) {
  return new Promise((done, fail) => {
    const child = spawn("npm", args, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
    const timer = setTimeout(() => child.kill(), NPM_DEADLINE);
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (output += text));
    child.on("error", ({ code, message }) => {
      clearTimeout(timer);
      const missing = "npm is not on PATH: install Node.js 22 or newer together with npm";
      fail(new Plain(code === "ENOENT" ? missing : `npm could not be started: ${message}`));
    });
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      if (code === 0) return done();
      const late = signal && child.killed ? ` within ${NPM_DEADLINE / 60_000} min` : "";
      fail(
        new Plain(`npm ${args[0]} did not succeed${late} (${signal ?? `exit ${code}`}):\n${tail(output)}`),
      );
    });
  });
}

/** Waits until this process alone may install; returns what ends that. */
async function takeLock(file, say) {
  const own = `${file}.${process.pid}`;
  writeFileSync(own, String(process.pid));
  try {
    for (let waited = 0; ; waited += 500) {
      if (linked(own, file)) return () => rmSync(file, { force: true });
      const holder = holderOf(file);
      if (holder !== undefined && !alive(holder)) {
        breakLock(file, holder);
        continue;
      }
      if (waited === 0) say(`Waiting for process ${holder}, which is installing npm packages`);
      if (waited >= WAIT)
        throw new Plain(`process ${holder} still holds ${file}: end it, then run this again`);
      await new Promise((done) => setTimeout(done, 500));
    }
  } finally {
    rmSync(own, { force: true });
  }
}

function linked(own, file) {
  try {
    linkSync(own, file);
    return true;
  } catch (error) {
    if (error.code === "EEXIST") return false;
    throw error;
  }
}

function holderOf(file) {
  try {
    return Number(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}

function alive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}

function breakLock(file, holder) {
  const aside = `${file}.${process.pid}.old`;
  try {
    renameSync(file, aside);
    // Somebody else may have broken it first and hold it by now: then it is theirs again.
    if (holderOf(aside) !== holder) linked(aside, file);
    rmSync(aside, { force: true });
  } catch (error) {
    if (error.code !== "ENOENT") throw error;
  }
}

/** Outside node_modules, which npm removes first of all. */
function lockFile(root) {
  const name = createHash("sha256").update(resolve(root)).digest("hex").slice(0, 12);
  return join(tmpdir(), `nginx-ha-install-${userInfo().uid}-${name}`);
}

class Plain extends Error {}

async function main() {
  const [major] = process.versions.node.split(".").map(Number);
  if (major < OLDEST_NODE)
    throw new Plain(`Node.js ${process.versions.node} is too old: install 22 or newer`);
  await install(dirname(dirname(fileURLToPath(import.meta.url))));
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  main().catch((error) => {
    console.error(error instanceof Plain ? error.message : error);
    process.exitCode = 1;
  });
}
