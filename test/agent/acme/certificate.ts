import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Gotten, requestCommand } from "../../../agent/acme/authority";

/** A certificate of 90 days, self-signed, by the very request that an authority would get. */
export function certificate(names: readonly string[], days = 90): Gotten {
  const root = mkdtempSync(join(tmpdir(), "nginx-ha-acme-certificate-"));
  try {
    const [key, request] = [join(root, "key.pem"), join(root, "request.pem")];
    execFileSync("openssl", requestCommand(names, key, request), { stdio: "ignore" });
    const sign = ["x509", "-req", "-in", request, "-signkey", key, "-days", `${days}`];
    const chain = execFileSync("openssl", [...sign, "-copy_extensions", "copyall"], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    return { chain: chain.toString(), key: readFileSync(key) };
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}
