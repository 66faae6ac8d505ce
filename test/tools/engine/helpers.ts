import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";

/** A directory of this test alone. */
export async function scratch(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "nginx-ha-test-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

/** Writes a shell script that can be run. */
export async function script(file: string, body: string): Promise<string> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `#!/bin/sh\n${body}\n`);
  await chmod(file, 0o755);
  return file;
}

/** A `bin` with an engine that says this version, and a language host. */
export async function fakeEngine(bin: string, version = "v3.259.0"): Promise<string> {
  await script(join(bin, "pulumi"), `echo ${version}`);
  await script(join(bin, "pulumi-language-nodejs"), "exit 2");
  return bin;
}

/** A `go` that answers `go env` and "builds" programs that say v3.259.0; each build is a line in `log`. */
export async function fakeGo(bin: string, log: string, before = "", version = "go1.26.0"): Promise<void> {
  await script(
    join(bin, "go"),
    `if [ "$1" = env ]; then printf '${version}\\nlocal\\n'; exit 0; fi
while [ "$1" != -o ]; do shift; done
echo "$2" >> ${log}
${before}
printf '#!/bin/sh\\necho v3.259.0\\n' > "$2"
chmod +x "$2"`,
  );
}

/** An official installer that does this, as a program for Node. */
export async function fakeInstaller(file: string, body: string): Promise<string> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, body);
  return file;
}

/** An installer with no network. */
export const OFFLINE = 'console.error("fetch failed (ENOTFOUND)"); process.exit(1);';

/** An installer that succeeds. */
export const ONLINE = `
import { mkdirSync, writeFileSync } from "node:fs";
mkdirSync(process.argv[2] + "/bin", { recursive: true });
for (const name of ["pulumi", "pulumi-language-nodejs"])
  writeFileSync(process.argv[2] + "/bin/" + name, "#!/bin/sh\\necho v3.259.0\\n", { mode: 0o755 });
`;

/** The system's own programs, without whatever engine or Go this machine has. */
export const SYSTEM_PATH = "/usr/bin:/bin";
