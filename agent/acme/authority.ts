import { createPrivateKey, X509Certificate } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type AcmeSettings, CHALLENGES } from "../../node/acme/settings";
import { assignments } from "../../node/shell";
import type { Tree } from "../../node/sync/tree-hash";
import { run } from "../run";
import { writeTree } from "../sync/durable";
import { readTree } from "../sync/tree";
import { reasonIn, type Wanted } from "./decide";

/** A certificate with its chain, and its key; PEM. */
export interface Gotten {
  chain: string;
  key: Buffer;
}

const TRY_MS = 5 * 60_000;
/** A nonce that an authority does not take is to be asked for once more (RFC 8555, 6.5); dehydrated does not. */
const TRIES = 6;
const PRIVATE = { file: 0o600, directory: 0o700 };

/** An ACME authority, asked by Debian's dehydrated, which is a shell script beside curl and openssl. */
export class Authority {
  /** @param work a directory of root's own */
  constructor(
    private readonly work: string,
    settings: Omit<AcmeSettings, "certificates">,
  ) {
    mkdirSync(work, { recursive: true, mode: 0o700 });
    mkdirSync(CHALLENGES, { recursive: true });
    // nginx's workers read them, whatever our umask is.
    chmodSync(CHALLENGES, 0o755);
    writeFileSync(this.file("config"), dehydratedConfig(settings), { mode: 0o600 });
  }

  private file = (name: string): string => join(this.work, name);

  /** The account, as the pair has it; without one the node goes on with its own, or makes one. */
  useAccounts(accounts: Tree): void {
    if (accounts.size === 0) return;
    rmSync(this.file("accounts"), { recursive: true, force: true });
    writeTree(this.file("accounts"), accounts, PRIVATE);
  }
  accounts = (): Tree => (existsSync(this.file("accounts")) ? readTree(this.file("accounts")) : new Map());

  /** Has the names proved, and gets a certificate for them. @throws Error with what the authority says */
  async certificate(wanted: Wanted): Promise<Gotten> {
    const [key, request] = [this.file("key.pem"), this.file("request.pem")];
    try {
      await openssl(requestCommand(wanted.names, key, request));
      const chain = await this.signed(request, TRIES);
      const content = readFileSync(key);
      if (!new X509Certificate(chain).checkPrivateKey(createPrivateKey(content)))
        throw new Error("the authority gave a certificate of another key");
      return { chain, key: content };
    } finally {
      rmSync(key, { force: true });
    }
  }

  private async signed(request: string, tries: number): Promise<string> {
    const argv = ["--config", this.file("config"), "--accept-terms", "--no-lock", "--signcsr", request];
    const { failed, out, err } = await run("dehydrated", argv, TRY_MS);
    const chain = out.match(CERTIFICATE)?.join("\n");
    if (!failed && chain) return `${chain}\n`;
    if (tries > 1 && err.includes("acme:error:badNonce")) return this.signed(request, tries - 1);
    throw new Error(reasonIn(err));
  }
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** What dehydrated reads: a shell's assignments. */
export const dehydratedConfig = ({
  directory,
  email = "",
  trustedCertificate,
}: Omit<AcmeSettings, "certificates">): string =>
  assignments({
    CA: directory,
    CHALLENGETYPE: "http-01",
    WELLKNOWN: CHALLENGES,
    CONTACT_EMAIL: email,
    CURL_OPTS: `--max-time 60${trustedCertificate === undefined ? "" : ` --cacert ${trustedCertificate}`}`,
  });

/** A key of its own for each certificate, and the request for these names. */
export const requestCommand = (names: readonly string[], key: string, request: string): string[] => [
  "req",
  "-new",
  "-newkey",
  "ec",
  "-pkeyopt",
  "ec_paramgen_curve:prime256v1",
  "-nodes",
  "-subj",
  "/",
  "-addext",
  `subjectAltName=${names.map((name) => `DNS:${name}`).join(",")}`,
  "-keyout",
  key,
  "-out",
  request,
];

async function openssl(argv: string[]): Promise<void> {
  const { failed, err } = await run("openssl", argv, 60_000);
  if (failed) throw new Error(`openssl req: ${reasonIn(err)}`);
}
