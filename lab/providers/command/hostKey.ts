import { type ServerHostKeyAlgorithm, utils } from "ssh2";

/** A host key to insist on, and the ways in which a server may prove that it has it. */
export interface HostKey {
  blob: Buffer;
  algorithms: ServerHostKeyAlgorithm[];
}

/** The key of a line in the form of authorized_keys. Unset means that any host key will do. */
export function expected(line: string | undefined): HostKey | undefined {
  if (line === undefined) return undefined;
  const parsed = utils.parseKey(line.trim());
  if (parsed instanceof Error || parsed.isPrivateKey()) {
    throw new Error("hostKey: must be one public key in the form of authorized_keys");
  }
  const type = parsed.type as ServerHostKeyAlgorithm;
  const algorithms: ServerHostKeyAlgorithm[] =
    type === "ssh-rsa" ? ["rsa-sha2-512", "rsa-sha2-256", "ssh-rsa"] : [type];
  return { blob: parsed.getPublicSSH(), algorithms };
}
