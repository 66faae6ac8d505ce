import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { isMissing } from "../../host/files";
import { run } from "../../host/run";

/** A server's key and certificate, and the authority that a client must trust. */
export interface Certificate {
  key: string;
  cert: string;
  authority: string;
}

const DAYS = "825";

/** A certificate for these names, by the lab's own authority, which is made once and kept in the folder. */
export async function certificateFor(directory: string, names: readonly string[]): Promise<Certificate> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const ca = { key: join(directory, "ca.key"), cert: join(directory, "ca.crt") };
  const authority = await readFile(ca.cert, "utf8").catch(async (error) => {
    if (!isMissing(error)) throw error;
    await makeAuthority(ca);
    return readFile(ca.cert, "utf8");
  });
  const work = await mkdtemp(join(directory, "leaf-"));
  try {
    const [key, cert] = await makeLeaf(work, ca, names);
    return { key, cert, authority };
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

interface Paths {
  key: string;
  cert: string;
}

async function makeAuthority({ key, cert }: Paths): Promise<void> {
  const subject = ["-subj", "/CN=nginx-ha lab", "-addext", "keyUsage=critical,keyCertSign,cRLSign"];
  await run(["openssl", "req", "-x509", ...newKey(key), "-out", cert, "-days", DAYS, ...subject]);
}

async function makeLeaf(work: string, ca: Paths, names: readonly string[]): Promise<[string, string]> {
  const [key, request, cert, extensions] = ["key", "csr", "crt", "ext"].map((name) => join(work, name)) as [
    string,
    string,
    string,
    string,
  ];
  const alternatives = names.map((name) => (/^[\d.]+$/.test(name) ? `IP:${name}` : `DNS:${name}`));
  await writeFile(extensions, `subjectAltName=${alternatives.join(",")}\nextendedKeyUsage=serverAuth\n`);
  await run(["openssl", "req", ...newKey(key), "-out", request, "-subj", `/CN=${names[0]?.slice(0, 64)}`]);
  const sign = ["-CA", ca.cert, "-CAkey", ca.key, "-CAcreateserial", "-days", DAYS, "-extfile", extensions];
  await run(["openssl", "x509", "-req", "-in", request, "-out", cert, ...sign]);
  return [await readFile(key, "utf8"), await readFile(cert, "utf8")];
}

function newKey(path: string): string[] {
  return ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", path];
}
