import type { Faults } from "../faults";
import type { Caller } from "../iam/caller";
import { callerOf, sessionOf } from "../iam/credentials";
import { Ec2Error } from "../model/error";
import type { Region } from "../model/state";
import { type SignedRequest, verify } from "./sigv4";

/** A key that does not expire: an operator's. */
export interface StaticKey {
  accessKeyId: string;
  secretAccessKey: string;
  caller: Caller;
}

interface Circumstances {
  region: Region;
  keys: readonly StaticKey[];
  faults: Faults;
  now: number;
  /** What the request must be signed for. */
  service?: string;
}

/** Who signed a request: an operator with a key of his own, or an instance with its role's session. */
export function identify(
  request: SignedRequest,
  { region, keys, faults, now, service = "ec2" }: Circumstances,
): Caller {
  const token = request.headers["x-amz-security-token"];
  const session = token === undefined ? undefined : sessionOf(region.seed, token);
  const secretOf = (accessKeyId: string) => {
    if (token !== undefined)
      return session?.accessKeyId === accessKeyId ? session.secretAccessKey : undefined;
    return keys.find((key) => key.accessKeyId === accessKeyId)?.secretAccessKey;
  };
  // These are one service for all Regions, and SDKs that know no lab's Region sign for its home.
  const global = service === "iam" || service === "route53";
  const home = global && request.headers.authorization?.includes(`/us-east-1/${service}/`);
  const accessKeyId = verify(request, { region: home ? "us-east-1" : region.name, service, now, secretOf });
  const own = keys.find((key) => key.accessKeyId === accessKeyId);
  if (own) return own.caller;
  if (!session) throw new Error("a signature was verified with no credentials");
  const expired =
    session.expires <= now || session.issued < faults.revokedBefore || faults.credentialsExpired;
  if (expired) throw new Ec2Error("RequestExpired", "Request has expired.");
  return callerOf(region, session);
}
