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
  return {
    async get() {
      if (kept && kept.expires - now() > AHEAD_MS) return kept;
      try {
        kept = await fetchCredentials(metadata);
      } catch (error) {
        // A metadata service that fails now and then must not cost credentials that are still good.
        if (!kept || kept.expires <= now()) throw error;
      }
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
