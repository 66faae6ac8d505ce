/** What signs a request. */
export interface Credentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken: string;
  /** Milliseconds since 1970. */
  expires: number;
}

/** New ones are there at least five minutes before the old ones end (EC2 User Guide): asked for before that is over. */
const AHEAD_MS = 4 * 60_000;
/** Between two tries to get new ones while the old ones are still good. */
const AGAIN_MS = 10_000;

export interface CredentialSource {
  /** Good for the next minutes. */
  get(): Promise<Credentials>;
  /** Those that were given out are no good, whatever they say of themselves. */
  forget(): void;
}

/** The credentials of the instance's role, kept until shortly before they end. */
export function roleCredentials(
  metadata: (path: string) => Promise<string>,
  now = Date.now,
): CredentialSource {
  let kept: Credentials | undefined;
  let tried = Number.NEGATIVE_INFINITY;
  const fetch = async (): Promise<Credentials> => {
    tried = now();
    kept = await fetchCredentials(metadata);
    return kept;
  };
  return {
    async get() {
      if (!kept || kept.expires <= now()) return fetch();
      // Beside the call that asks: a metadata service that is silent must not delay a failover.
      if (kept.expires - now() <= AHEAD_MS && Math.abs(now() - tried) >= AGAIN_MS) fetch().catch(() => {});
      return kept;
    },
    forget() {
      kept = undefined;
    },
  };
}

async function fetchCredentials(metadata: (path: string) => Promise<string>): Promise<Credentials> {
  const role = (await metadata("meta-data/iam/security-credentials/")).split("\n")[0]?.trim() ?? "";
  const answer = JSON.parse(await metadata(`meta-data/iam/security-credentials/${role}`)) as Record<
    string,
    string
  >;
  const {
    AccessKeyId: accessKeyId = "",
    SecretAccessKey: secretAccessKey = "",
    Token: sessionToken = "",
  } = answer;
  return { accessKeyId, secretAccessKey, sessionToken, expires: Date.parse(answer.Expiration ?? "") };
}
