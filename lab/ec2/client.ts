import { Agent, request } from "node:https";
import { setTimeout as sleep } from "node:timers/promises";
import { AwsV4Signer } from "aws4fetch";
import { XMLBuilder, XMLParser } from "fast-xml-parser";

/** How to reach a Region, and as whom. */
export interface ClientInput {
  /** `https://…` */
  endpoint: string;
  /** The certificate that the endpoint's own must be signed by, PEM. */
  authority: string;
  region: string;
  accessKeyId: string;
  secretAccessKey: string;
}

/** A value of a request: objects become dotted names, lists numbered ones; what is undefined is left out. */
export type Parameter = string | number | boolean | undefined | Parameter[] | { [name: string]: Parameter };
export type Parameters = { [name: string]: Parameter };
// biome-ignore lint/suspicious/noExplicitAny: answers of many calls, whose shapes botocore's models have
export type Answer = any;

/** What the API refused. */
export class AwsError extends Error {
  override readonly name = "AwsError";

  constructor(
    readonly code: string,
    message: string,
    readonly status: number,
  ) {
    super(`${code}: ${message}`);
  }
}

/** The calls of each service. Lists in answers are arrays, also with one item or none. */
export interface AwsClient {
  ec2(action: string, parameters?: Parameters): Promise<Answer>;
  iam(action: string, parameters?: Parameters): Promise<Answer>;
  sts(action: string): Promise<Answer>;
  ssm(action: string, body: object): Promise<Answer>;
  route53: Route53;
  close(): void;
}

/** A record as Route 53's XML has it. */
export interface ResourceRecordSet {
  Name: string;
  Type: string;
  /** The order is the API's. */
  SetIdentifier?: string;
  Weight?: number | string;
  Region?: string;
  TTL: number | string;
  ResourceRecords: { ResourceRecord: { Value: string }[] };
  HealthCheckId?: string;
}

/** Route 53 speaks XML both ways, at paths instead of actions. */
export interface Route53 {
  createZone(name: string): Promise<string>;
  change(zoneId: string, changes: { Action: string; ResourceRecordSet: ResourceRecordSet }[]): Promise<void>;
  /** From this record on. */
  records(zoneId: string, name: string, type: string): Promise<ResourceRecordSet[]>;
  /** A call by its path; the answer's root element, whose name is the request's or the call's. */
  call(method: "GET" | "POST" | "DELETE", path: string, request?: object): Promise<Answer>;
}

const LIMIT_MS = 20_000;
const TRIES = 6;

/** Talks to a Region over one warm connection. */
export function awsClient(input: ClientInput): AwsClient {
  const agent = new Agent({ keepAlive: true, maxSockets: 8, ca: input.authority });
  const query = async (service: string, version: string, action: string, body: string): Promise<Answer> => {
    const text = await send(input, agent, {
      service,
      body: `Action=${action}&Version=${version}${body && `&${body}`}`,
      headers: { "content-type": "application/x-www-form-urlencoded; charset=utf-8" },
    });
    return xml.parse(text)[`${action}Response`] ?? {};
  };
  return {
    ec2: (action, parameters = {}) => query("ec2", "2016-11-15", action, flatten(parameters, "")),
    iam: async (action, parameters = {}) =>
      (await query("iam", "2010-05-08", action, flatten(parameters, ".member")))[`${action}Result`] ?? {},
    sts: async (action) => (await query("sts", "2011-06-15", action, ""))[`${action}Result`] ?? {},
    ssm: async (action, body) =>
      JSON.parse(
        await send(input, agent, {
          service: "ssm",
          body: JSON.stringify(body),
          headers: { "content-type": "application/x-amz-json-1.1", "x-amz-target": `AmazonSSM.${action}` },
        }),
      ),
    route53: route53({ send: (call) => send(input, agent, call) }),
    close: () => agent.destroy(),
  };
}

const VERSION = "/2013-04-01";
const ROOT = `${VERSION}/hostedzone`;

function route53({ send: ask }: { send(call: Call): Promise<string> }): Route53 {
  const call = async (method: Call["method"], path: string, request: object = {}): Promise<Answer> => {
    const body = method === "POST" ? builder.build(request) : "";
    const headers = { "content-type": "text/xml" };
    return routeXml.parse(await ask({ service: "route53", method, path, body, headers }));
  };
  return {
    call: async (method, path, request) => Object.values(await call(method, VERSION + path, request)).at(-1),
    async createZone(Name) {
      const request = { CreateHostedZoneRequest: { Name, CallerReference: `${Date.now()}` } };
      const answer = await call("POST", ROOT, request);
      return answer.CreateHostedZoneResponse.HostedZone.Id.split("/").at(-1);
    },
    async change(zoneId, Change) {
      const request = { ChangeResourceRecordSetsRequest: { ChangeBatch: { Changes: { Change } } } };
      await call("POST", `${ROOT}/${zoneId}/rrset/`, request);
    },
    async records(zoneId, name, type) {
      const answer = await call("GET", `${ROOT}/${zoneId}/rrset?${new URLSearchParams({ name, type })}`);
      return answer.ListResourceRecordSetsResponse.ResourceRecordSets.ResourceRecordSet ?? [];
    },
  };
}

const builder = new XMLBuilder();
const routeXml = new XMLParser({
  parseTagValue: false,
  isArray: (name) => ["ResourceRecordSet", "ResourceRecord", "Tag"].includes(name),
});

/** One request; a POST to the root unless it says otherwise. */
interface Call {
  service: string;
  method?: "GET" | "POST" | "DELETE";
  path?: string;
  body: string;
  headers: Record<string, string>;
}

/** Sends until it is answered: throttling and failures of the service are tried again, as the SDKs do it. */
async function send(input: ClientInput, agent: Agent, call: Call): Promise<string> {
  for (let attempt = 1; ; attempt++) {
    try {
      const answer = await once(input, agent, call);
      if (answer.status < 300) return answer.text;
      throw errorOf(answer.text, answer.status);
    } catch (error) {
      const again =
        !(error instanceof AwsError) || error.status >= 500 || /Throttl|LimitExceeded$/.test(error.code);
      if (!again || attempt === TRIES || (error as AwsError).code === "AddressLimitExceeded") throw error;
      await sleep(2 ** attempt * 50 * (0.5 + Math.random()));
    }
  }
}

async function once(
  { endpoint, region, accessKeyId, secretAccessKey }: ClientInput,
  agent: Agent,
  { service, method = "POST", path = "/", body, headers }: Call,
): Promise<{ status: number; text: string }> {
  const credentials = { accessKeyId, secretAccessKey, region, service };
  const signed = await new AwsV4Signer({
    method,
    url: `${endpoint}${path}`,
    headers,
    ...(method !== "GET" && { body }),
    ...credentials,
  }).sign();
  return new Promise((resolve, reject) => {
    const options = { method, agent, headers: Object.fromEntries(signed.headers), timeout: LIMIT_MS };
    const asked = request(signed.url, options, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk) => {
        text += chunk;
      });
      response.on("end", () => resolve({ status: response.statusCode ?? 0, text }));
      response.on("error", reject);
    });
    asked.on("timeout", () => asked.destroy(new Error(`${endpoint} did not answer in ${LIMIT_MS / 1000} s`)));
    asked.on("error", reject);
    asked.end(method === "GET" ? undefined : body);
  });
}

/** EC2 numbers a list's items under its name, IAM under `member`. */
function flatten(value: Parameters, listName: string): string {
  const pairs: string[] = [];
  const walk = (at: string, one: Parameter): void => {
    if (one === undefined) return;
    if (Array.isArray(one))
      for (const [index, item] of one.entries()) walk(`${at}${listName}.${index + 1}`, item);
    else if (typeof one === "object")
      for (const [key, inner] of Object.entries(one)) walk(at ? `${at}.${key}` : key, inner);
    else pairs.push(`${encodeURIComponent(at)}=${encodeURIComponent(String(one))}`);
  };
  walk("", value);
  return pairs.join("&");
}

const parser = new XMLParser({
  ignoreAttributes: true,
  parseTagValue: false,
  isArray: (name) => name === "item" || name === "member",
});

/** XML as plain objects, where a list is the array of its items. */
const xml = {
  parse: (text: string): Record<string, Answer> => unwrapped(parser.parse(text)),
};

function unwrapped(value: Answer): Answer {
  if (Array.isArray(value)) return value.map(unwrapped);
  if (value === null || typeof value !== "object") return value;
  const keys = Object.keys(value);
  if (keys.length === 1 && (keys[0] === "item" || keys[0] === "member")) return unwrapped(value[keys[0]]);
  return Object.fromEntries(
    keys.map((key) => [key, value[key] === "" && LISTS.test(key) ? [] : unwrapped(value[key])]),
  );
}

/** Members that are lists, though an empty one looks like an empty text. */
const LISTS =
  /(Set|Info|ipPermissions|ipPermissionsEgress|PolicyNames|AttachedPolicies|InstanceProfiles|Roles|Tags)$/;

function errorOf(text: string, status: number): AwsError {
  if (text.startsWith("{")) {
    const { __type: type = "Unknown", message = "" } = JSON.parse(text) as {
      __type?: string;
      message?: string;
    };
    return new AwsError(type.split("#").at(-1) ?? type, message, status);
  }
  const parsed = xml.parse(text || "<Response/>");
  const errors = parsed.Response?.Errors?.Error ?? parsed.ErrorResponse?.Error;
  return new AwsError(errors?.Code ?? `HTTP ${status}`, errors?.Message ?? text.slice(0, 200), status);
}
