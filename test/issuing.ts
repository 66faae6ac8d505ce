import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

/** What a certificate is made of. */
interface Wish {
  /** The name of whoever signs it, made before; itself unless told. */
  issuer?: string;
  /** Whether it may sign others. */
  authority?: boolean;
  /** As OpenSSL writes subjectAltName. */
  names?: string;
  days?: number;
}

/** Makes NAME.crt, NAME.key and NAME.csr in a directory, as an authority of one's own would. */
export const issueIn =
  (directory: string) =>
  (name: string, { issuer, authority = false, names, days = 30 }: Wish = {}): void => {
    const openssl = (...argv: string[]) => execFileSync("openssl", argv, { cwd: directory, stdio: "ignore" });
    const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
    openssl("req", ...key, "-subj", `/CN=${name}`, "-keyout", `${name}.key`, "-out", `${name}.csr`);
    const extensions = [
      `basicConstraints=critical,CA:${authority}`,
      ...(names === undefined ? [] : [`subjectAltName=${names}`]),
    ];
    writeFileSync(join(directory, `${name}.ext`), `${extensions.join("\n")}\n`);
    const by = issuer ? ["-CA", `${issuer}.crt`, "-CAkey", `${issuer}.key`] : ["-signkey", `${name}.key`];
    const what = ["-days", `${days}`, "-extfile", `${name}.ext`, "-out", `${name}.crt`];
    openssl("x509", "-req", "-in", `${name}.csr`, ...by, ...what);
  };
