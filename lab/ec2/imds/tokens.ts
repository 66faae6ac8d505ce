import { createHmac, timingSafeEqual } from "node:crypto";

/** A session token of the metadata service: good on the instance that asked for it, until its time is over. */
export function makeToken(seed: string, instanceId: string, expires: number): string {
  return `${expires.toString(36)}.${seal(seed, instanceId, expires).toString("base64url")}`;
}

export function isTokenGood(token: string, seed: string, instanceId: string, now: number): boolean {
  const [time = "", given = ""] = token.split(".");
  const expires = Number.parseInt(time, 36);
  const expected = seal(seed, instanceId, expires);
  const found = Buffer.from(given, "base64url");
  return found.length === expected.length && timingSafeEqual(found, expected) && expires > now;
}

function seal(seed: string, instanceId: string, expires: number): Buffer {
  return createHmac("sha256", seed).update(`imds ${instanceId} ${expires}`).digest();
}
