import { readFile, writeFile } from "node:fs/promises";
import { isIP } from "node:net";
import { join } from "node:path";
import { run } from "../../../lab/host/run";

export interface Authority {
  /** Its root certificate, PEM. */
  root: string;
  issue(name: string, days: number): Promise<{ certificate: string; key: string }>;
}

const kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];

/** A certificate authority of the tests' own. */
export async function makeAuthority(directory: string): Promise<Authority> {
  const file = (name: string) => join(directory, name);
  const [rootKey, rootFile] = [file("root.key"), file("root.crt")];
  await run([
    "openssl",
    "req",
    "-x509",
    ...kind,
    "-days",
    "60",
    "-subj",
    "/CN=Test root",
    "-keyout",
    rootKey,
    "-out",
    rootFile,
  ]);
  return {
    root: await readFile(rootFile, "utf8"),
    async issue(name, days) {
      const [key, request, extensions] = [file(`${name}.key`), file(`${name}.csr`), file(`${name}.ext`)];
      await writeFile(extensions, `subjectAltName=${isIP(name) ? "IP" : "DNS"}:${name}\n`);
      await run(["openssl", "req", ...kind, "-subj", `/CN=${name}`, "-keyout", key, "-out", request]);
      const sign = ["openssl", "x509", "-req", "-CA", rootFile, "-CAkey", rootKey, "-days", `${days}`];
      const certificate = await run([...sign, "-in", request, "-extfile", extensions]);
      return { certificate, key: await readFile(key, "utf8") };
    },
  };
}
