import { webcrypto } from "node:crypto";
import { Agent, request } from "node:https";
import { AwsV4Signer } from "aws4fetch";
import { XMLParser } from "fast-xml-parser";
import { Clock } from "./clock";
import type { CredentialSource } from "./credentials";

// Node 18 has it, but not under this name.
globalThis.crypto ??= webcrypto as typeof globalThis.crypto;

/** An API that takes three seconds for an answer is a bad day, and the VIP must move all the same. */
const LIMIT_MS = 5000;

/** An answer's members; lists are arrays of items. */
// biome-ignore lint/suspicious/noExplicitAny: the shapes of several calls
export type Answer = any;
/** @param wanted asked before each try; when it says no, nothing is sent any more */
export type Ec2 = (
  action: string,
  parameters: Record<string, string>,
  wanted?: () => boolean,
) => Promise<Answer>;

/** What EC2 refused: its code, and what it said. */
class Ec2Error extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(`${code}: ${message}`);
  }
}

export interface Endpoint {
  /** Without a path; asked for at each call, because the metadata service that knows it may be late. */
  url(): Promise<string>;
  region: string;
  /** What the endpoint's certificate must be signed by, when that is not in the system's store. */
  authority?: string;
}

/** Codes after which new credentials, or the right time, may help. */
const STALE = new Set([
  "RequestExpired",
  "AuthFailure",
  "ExpiredToken",
  "InvalidClientTokenId",
  "SignatureDoesNotMatch",
]);

/**
 * Calls EC2 over one warm connection, each call with a deadline. Not by `fetch`, which drops an idle connection after
 * four seconds.
 */
export function ec2(
  { url, region, authority }: Endpoint,
  credentials: CredentialSource,
  clock = new Clock(),
): Ec2 {
  // The second one is for what cannot wait for an answer that does not come.
  const agent = new Agent({ keepAlive: true, maxSockets: 2, ca: authority });
  const once: Ec2 = async (action, parameters, wanted = () => true) => {
    const { accessKeyId, secretAccessKey, sessionToken } = await credentials.get();
    const body = new URLSearchParams({ Action: action, Version: "2016-11-15", ...parameters }).toString();
    const headers = { "content-type": "application/x-www-form-urlencoded; charset=utf-8" };
    const who = { accessKeyId, secretAccessKey, sessionToken, region, service: "ec2" };
    const datetime = new Date(clock.now()).toISOString().replace(/[:-]|\.\d{3}/g, "");
    const what = { method: "POST", url: `${await url()}/`, headers, body, datetime };
    const signed = await new AwsV4Signer({ ...what, ...who }).sign();
    if (!wanted()) throw new Error(`${action} was not sent: this node is not MASTER any more`);
    const { status, text, date } = await send(agent, signed.url, Object.fromEntries(signed.headers), body);
    clock.learn(date);
    const answer = unwrapped(parser.parse(text));
    if (status === 200) return answer[`${action}Response`];
    const error = answer.Response?.Errors?.Error;
    throw new Ec2Error(error?.Code ?? `HTTP ${status}`, error?.Message ?? "no answer of EC2's");
  };
  return async (action, parameters, wanted) => {
    try {
      return await once(action, parameters, wanted);
    } catch (error) {
      if (!(error instanceof Ec2Error) || !STALE.has(error.code)) throw error;
      credentials.forget();
      return once(action, parameters, wanted);
    }
  };
}

function send(
  agent: Agent,
  url: URL,
  headers: Record<string, string>,
  body: string,
): Promise<{ status: number; text: string; date: string | undefined }> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { method: "POST", agent, headers }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk) => {
        text += chunk;
      });
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, text, date: response.headers.date }),
      );
      response.on("error", reject);
    });
    const late = setTimeout(() => asked.destroy(new Error(`EC2 did not answer in ${LIMIT_MS} ms`)), LIMIT_MS);
    asked.on("close", () => clearTimeout(late));
    asked.on("error", reject);
    asked.end(body);
  });
}

const parser = new XMLParser({ parseTagValue: false, isArray: (name) => name === "item" });

function unwrapped(value: Answer): Answer {
  if (Array.isArray(value)) return value.map(unwrapped);
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value.item)) return value.item.map(unwrapped);
  return Object.fromEntries(
    // An empty list looks like an empty text.
    Object.entries(value).map(([key, inner]) => [
      key,
      inner === "" && key.endsWith("Set") ? [] : unwrapped(inner),
    ]),
  );
}
