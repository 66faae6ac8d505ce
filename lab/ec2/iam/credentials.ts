import { createHmac, timingSafeEqual } from "node:crypto";
import { Ec2Error } from "../model/error";
import { arn } from "../model/show";
import type { Region } from "../model/state";
import type { Caller } from "./caller";
import { type Policy, parsePolicy } from "./policy";

/** What a session of an instance's role is. */
interface Session {
  instanceId: string;
  role: string;
  issued: number;
  expires: number;
}

/** Credentials as the metadata service hands them out. */
export interface SessionCredentials extends Session {
  accessKeyId: string;
  secretAccessKey: string;
  token: string;
}

/** The credentials of a session: they follow from the Region's seed, so that nothing need be kept. */
export function issue(seed: string, session: Session): SessionCredentials {
  const payload = Buffer.from(JSON.stringify(session)).toString("base64url");
  const token = `${payload}.${digest(seed, `token ${payload}`).toString("base64url")}`;
  const letters = [...digest(seed, `key ${token}`)].map(
    (byte) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[byte % 32],
  );
  return {
    ...session,
    accessKeyId: `ASIA${letters.slice(0, 16).join("")}`,
    secretAccessKey: digest(seed, `secret ${token}`).toString("base64").slice(0, 40),
    token,
  };
}

/** The session that a token belongs to; nothing when this Region never issued it. */
export function sessionOf(seed: string, token: string): SessionCredentials | undefined {
  const [payload = "", seal = ""] = token.split(".");
  const expected = digest(seed, `token ${payload}`);
  const given = Buffer.from(seal, "base64url");
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
  return issue(seed, JSON.parse(Buffer.from(payload, "base64url").toString()) as Session);
}

/** Who makes a request with these credentials; a role that is gone or taken away ends them at once. */
export function callerOf(region: Region, session: SessionCredentials): Caller {
  const instance = region.instances[session.instanceId];
  const role = region.roles[session.role];
  if (!role || !instance || instance.state === "terminated") {
    throw new Ec2Error("AuthFailure", "AWS was not able to validate the provided access credentials", 401);
  }
  return {
    arn: `arn:aws:sts::${region.account}:assumed-role/${role.name}/${instance.id}`,
    account: region.account,
    userId: `${role.id}:${instance.id}`,
    policies: Object.values(role.policies).map(parsed),
    sourceInstanceArn: arn(region, "instance", instance.id),
  };
}

const known = new Map<string, Policy>();

function parsed(text: string): Policy {
  const policy = known.get(text) ?? parsePolicy(text);
  known.set(text, policy);
  return policy;
}

function digest(seed: string, text: string): Buffer {
  return createHmac("sha256", seed).update(text).digest();
}
