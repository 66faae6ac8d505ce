import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { Ec2Error } from "../model/error";

/** An HTTP request as far as its signature covers it. */
export interface SignedRequest {
  method: string;
  path: string;
  query: string;
  /** By name in lower case. */
  headers: Record<string, string | undefined>;
  body: string;
}

/** What the Authorization header says. */
interface Claim {
  accessKeyId: string;
  scope: { date: string; region: string; service: string };
  signedHeaders: string[];
  signature: string;
}

export interface Expected {
  region: string;
  service: string;
  now: number;
  /** The secret of an access key, by the key and the session's token; nothing for a key that nobody has. */
  secretOf(accessKeyId: string, token: string | undefined): string | undefined;
}

const SKEW_MS = 300_000;
const HEADER =
  /^AWS4-HMAC-SHA256 Credential=([^/,\s]+)\/(\d{8})\/([^/,\s]+)\/([^/,\s]+)\/aws4_request, ?SignedHeaders=([a-z0-9;-]+), ?Signature=([0-9a-f]{64})$/;

/**
 * Checks a request's signature and says whose key signed it. Sources: IAM User Guide, "Create a signed AWS API
 * request"; EC2 API Reference, "Error codes": a request older than five minutes has expired.
 */
export function verify(request: SignedRequest, expected: Expected): string {
  const claim = claimOf(request);
  const time = timeOf(request.headers["x-amz-date"]);
  checkScope(claim, expected, request.headers["x-amz-date"] ?? "");
  const secret = expected.secretOf(claim.accessKeyId, request.headers["x-amz-security-token"]);
  if (secret === undefined) throw invalidCredentials();
  const wanted = Buffer.from(signature(request, claim, secret), "hex");
  if (!timingSafeEqual(wanted, Buffer.from(claim.signature, "hex"))) throw invalidCredentials();
  if (time < expected.now - SKEW_MS) throw new Ec2Error("RequestExpired", "Request has expired.");
  if (time > expected.now + SKEW_MS) {
    throw mismatch(
      `Signature not yet current: ${request.headers["x-amz-date"]} is still later than the service's time.`,
    );
  }
  return claim.accessKeyId;
}

function claimOf({ headers }: SignedRequest): Claim {
  const { authorization } = headers;
  if (authorization === undefined) {
    throw new Ec2Error("MissingAuthenticationToken", "Request is missing Authentication Token", 403);
  }
  const [, accessKeyId, date, region, service, names, given] = HEADER.exec(authorization) ?? [];
  if (!accessKeyId || !date || !region || !service || !names || !given) {
    throw new Ec2Error("IncompleteSignature", "The Authorization header does not conform to AWS standards.");
  }
  const signedHeaders = names.split(";");
  const needed = [
    "host",
    "x-amz-date",
    ...(headers["x-amz-security-token"] === undefined ? [] : ["x-amz-security-token"]),
  ];
  const unsigned = needed.find((name) => !signedHeaders.includes(name));
  if (unsigned) throw mismatch(`The header ${unsigned} must be signed.`);
  return { accessKeyId, scope: { date, region, service }, signedHeaders, signature: given };
}

function checkScope({ scope }: Claim, { region, service }: Expected, date: string): void {
  if (scope.region !== region)
    throw mismatch(`Credential should be scoped to a valid region, not '${scope.region}'.`);
  if (scope.service !== service)
    throw mismatch(`Credential should be scoped to correct service: '${service}'.`);
  if (!date.startsWith(scope.date))
    throw mismatch("Date in Credential scope does not match YYYYMMDD from X-Amz-Date.");
}

function timeOf(date: string | undefined): number {
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(date ?? "") ?? [];
  if (!second)
    throw new Ec2Error("IncompleteSignature", "Date must be in ISO 8601 basic format, in X-Amz-Date.");
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}

function signature(request: SignedRequest, { scope, signedHeaders }: Claim, secret: string): string {
  const headers = signedHeaders.map(
    (name) => `${name}:${(request.headers[name] ?? "").trim().replace(/\s+/g, " ")}\n`,
  );
  const canonical = [
    request.method,
    request.path,
    sorted(request.query),
    headers.join(""),
    signedHeaders.join(";"),
    createHash("sha256").update(request.body).digest("hex"),
  ].join("\n");
  const within = `${scope.date}/${scope.region}/${scope.service}/aws4_request`;
  const text = [
    "AWS4-HMAC-SHA256",
    request.headers["x-amz-date"],
    within,
    createHash("sha256").update(canonical).digest("hex"),
  ].join("\n");
  const key = [scope.date, scope.region, scope.service, "aws4_request"].reduce<Buffer>(
    (previous, part) => hmac(previous, part),
    Buffer.from(`AWS4${secret}`),
  );
  return hmac(key, text).toString("hex");
}

/** The query string with its parameters in order, as the canonical request has it. */
function sorted(query: string): string {
  return query
    .split("&")
    .filter(Boolean)
    .map((pair) => (pair.includes("=") ? pair : `${pair}=`))
    .sort()
    .join("&");
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}

function mismatch(message: string): Ec2Error {
  return new Ec2Error("SignatureDoesNotMatch", message, 403);
}

function invalidCredentials(): Ec2Error {
  return new Ec2Error("AuthFailure", "AWS was not able to validate the provided access credentials", 401);
}
