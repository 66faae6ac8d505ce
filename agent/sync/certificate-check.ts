import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { APPEND, chainOf, missingIssuer, rootsOf } from "../../config/secrets/chain";
import type { Tree } from "../../node/sync/tree-hash";
import { FOLDERS } from "./certificates";
import { Refused } from "./refused";

const CHAIN = "fullchain.pem";
const KEY = "privkey.pem";
/** Of the stack's part, of the operator's, and of the operator's directory itself. */
const CERTIFICATE = new RegExp(
  `^((?:(?:${[...FOLDERS, "private"].join("|")})/)?([^/]+)/)(?:fullchain|privkey)\\.pem$`,
);

/**
 * Every folder with a certificate or a key has both, and they belong together. When they end is no part of it: one that
 * has ended must keep no other from being renewed, nor a node from having what its peer has.
 * @throws Refused without a word of what is in a key
 */
export function checkCertificates(tree: Tree): void {
  for (const [folder, name] of foldersOf(tree)) {
    const read = (file: string): Buffer => tree.get(`${folder}${file}`) ?? refuse(name, `${file} is missing`);
    const chain = read(CHAIN);
    const secret = read(KEY);
    const certificate = attempt(() => new X509Certificate(chain)) ?? refuse(name, `${CHAIN} is no PEM`);
    const key =
      attempt(() => createPrivateKey(secret)) ?? refuse(name, `${KEY} is no key in PEM without a passphrase`);
    if (!certificate.checkPrivateKey(key)) refuse(name, "its key belongs to another certificate");
  }
}

/** The roots that the machine knows. */
const ROOTS = "/etc/ssl/certs/ca-certificates.crt";

/** A certificate that is new has not expired, and comes with its chain. @param now milliseconds @throws Refused */
export function checkNew(edited: Tree, served: Tree, now: number): void {
  for (const [folder, name] of foldersOf(edited)) {
    const chain = edited.get(`${folder}${CHAIN}`);
    if (!chain || served.get(`${folder}${CHAIN}`)?.equals(chain)) continue;
    const certificates = chainOf(chain.toString()) ?? [];
    const [leaf] = certificates;
    if (!leaf) refuse(name, `${CHAIN} is not one or more certificates in PEM form`);
    if (Date.parse(leaf.validTo) < now) refuse(name, `it expired on ${leaf.validTo}; renew it`);
    const issuer = missingIssuer(certificates, () =>
      rootsOf(attempt(() => readFileSync(ROOTS, "utf8")) ?? ""),
    );
    if (issuer !== undefined) refuse(name, `its issuer, ${issuer}, does not follow it: ${APPEND}`);
  }
}

/** The folders that have a certificate or a key, by their path, with their names. */
function foldersOf(tree: Tree): Map<string, string> {
  const folders = new Map<string, string>();
  for (const path of tree.keys()) {
    const [, folder, name] = CERTIFICATE.exec(path) ?? [];
    if (folder !== undefined && name !== undefined) folders.set(folder, name);
  }
  return folders;
}

function refuse(name: string, why: string): never {
  throw new Refused(`the certificate ${name} is refused: ${why}`);
}

function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
