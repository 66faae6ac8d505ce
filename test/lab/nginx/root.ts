import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { attempt, type Result, run } from "../../../lab/host/run";
import { ensureImage } from "../../../lab/machines/image";
import type { Release } from "../../../lab/machines/mirror";
import type { ReleaseFile } from "../../../node/release";

/** The nginx of each Debian release that nodes run, in a root of the lab's, whose files it does not change. */
export class NginxRoot {
  private constructor(
    readonly release: Release,
    private readonly image: string,
    /** Is /etc/nginx-ha there. */
    private readonly directory: string,
  ) {}

  static async of(release: Release): Promise<NginxRoot> {
    const image = await ensureImage(release, "site", () => {});
    const root = new NginxRoot(release, image, await mkdtemp(join(tmpdir(), "nginx-ha-root-")));
    await root.makeCertificates(["main", "local", "public"]);
    // What a node puts beside the stack's part of a generation.
    await root.place("nginx/generation.conf", "");
    return root;
  }

  remove = (): Promise<void> => rm(this.directory, { recursive: true, force: true });

  /** What nginx says of a configuration: `nginx -t`, and with `dump` everything that it read. */
  async test(files: readonly ReleaseFile[], dump = false): Promise<Result> {
    for (const { path, content } of files) await this.place(path, content);
    return this.inside(`nginx -${dump ? "T" : "t"} -q -c /etc/nginx-ha/nginx/nginx.conf`);
  }

  /** What a shell command says while nginx runs with these files. @throws Error with what nginx says where it refuses them */
  async running(files: readonly ReleaseFile[], command: string): Promise<string> {
    const { exitCode, stderr } = await this.test(files);
    if (exitCode !== 0) throw new Error(stderr);
    const start = "nginx -c /etc/nginx-ha/nginx/nginx.conf";
    const { stdout } = await this.inside(
      `chmod 755 /etc/nginx-ha; ln -sfn nginx /etc/nginx-ha/serving; ${start} && { ${command}; }`,
    );
    return stdout;
  }

  /** Runs a shell command in the root, with a network of its own that has loopback only. */
  inside(command: string): Promise<Result> {
    const script = `set -e
ip link set lo up
mount -t proc proc "$1/proc"
mount -t tmpfs tmpfs "$1/run"
mount -t tmpfs tmpfs "$1/var/log/nginx"
mount -t tmpfs tmpfs "$1/var/lib/nginx"
mount -t tmpfs tmpfs "$1/mnt"
mkdir -p "$1/mnt/etc" "$1/mnt/work"
mount -t overlay overlay -o lowerdir="$1/etc",upperdir="$1/mnt/etc",workdir="$1/mnt/work" "$1/etc"
mkdir -p "$1/etc/nginx-ha" "$1/etc/ssl/local"
mount --bind "$2" "$1/etc/nginx-ha"
cp "$2"/certificates/local/* "$1/etc/ssl/local/"
exec chroot "$1" sh -c "$3"`;
    const apart = ["unshare", "--mount", "--net", "--pid", "--fork", "--kill-child", "--mount-proc"];
    return attempt([...apart, "bash", "-c", script, "root", this.image, this.directory, command]);
  }

  /** Puts a file below /etc/nginx-ha. */
  async place(path: string, content: string): Promise<void> {
    const file = join(this.directory, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
  }

  private async makeCertificates(names: string[]): Promise<void> {
    for (const name of names) {
      const directory = join(this.directory, "certificates", name);
      await mkdir(directory, { recursive: true });
      const out = ["-keyout", join(directory, "privkey.pem"), "-out", join(directory, "fullchain.pem")];
      const kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];
      await run(["openssl", "req", "-x509", ...kind, "-subj", "/CN=test", ...out]);
    }
  }
}
