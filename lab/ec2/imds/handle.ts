import { isTokenGood, makeToken } from "./tokens";
import { type Entry, metadataTree, type View } from "./tree";

export interface ImdsRequest {
  method: string;
  path: string;
  /** By name in lower case. */
  headers: Record<string, string | undefined>;
}

export interface ImdsResponse {
  status: number;
  headers: Record<string, string>;
  body: string | Buffer;
}

const VERSIONS = [
  "2009-04-04",
  "2016-09-02",
  "2018-09-24",
  "2021-01-03",
  "2021-03-23",
  "2021-07-15",
  "latest",
];
const LONGEST_TTL = 21_600;
const TTL = "x-aws-ec2-metadata-token-ttl-seconds";

/**
 * Answers one request to the metadata service. A token is asked for with PUT, a time to live of 1 to 21,600 s,
 * and never through a proxy; without a good one GET is refused (EC2 User Guide, "Use the Instance Metadata
 * Service to access instance metadata").
 */
export function handle(request: ImdsRequest, view: View): ImdsResponse {
  const options = view.region.instances[view.instanceId]?.metadata;
  if (!options || options.endpoint === "disabled") return plain(403, "");
  if (request.method === "PUT") return putToken(request, view);
  if (request.method !== "GET" && request.method !== "HEAD") return plain(405, "");
  const token = request.headers["x-aws-ec2-metadata-token"];
  const good = token !== undefined && isTokenGood(token, view.region.seed, view.instanceId, view.now);
  if (!good && (token !== undefined || options.tokens === "required")) return plain(401, "Unauthorized");
  return get(request.path, view);
}

function putToken({ path, headers }: ImdsRequest, { region, instanceId, now }: View): ImdsResponse {
  if (headers["x-forwarded-for"] !== undefined) return plain(403, "");
  if (path !== "/latest/api/token") return plain(405, "");
  const asked = headers[TTL] ?? "";
  const ttl = Number(asked);
  if (!/^\d+$/.test(asked) || ttl < 1 || ttl > LONGEST_TTL) return plain(400, "Bad Request");
  const token = makeToken(region.seed, instanceId, now + ttl * 1000);
  return { status: 200, headers: { "content-type": "text/plain", [TTL]: asked }, body: token };
}

function get(path: string, view: View): ImdsResponse {
  const [version, ...names] = path.split("/").filter(Boolean).map(decode);
  if (version === undefined) return plain(200, VERSIONS.join("\n"));
  if (!VERSIONS.includes(version)) return plain(404, "Not Found");
  let at: Entry = metadataTree(view);
  for (const name of names) {
    if (!isFolder(at)) return plain(404, "Not Found");
    // A public key is listed as `0=name` and asked for as `0`.
    const key: string | undefined = Object.keys(at).find((one) => one === name || one.startsWith(`${name}=`));
    at = key === undefined ? undefined : at[key];
  }
  if (at === undefined) return plain(404, "Not Found");
  return plain(200, isFolder(at) ? listing(at) : at);
}

function isFolder(entry: Entry): entry is { [name: string]: Entry } {
  return typeof entry === "object" && !Buffer.isBuffer(entry);
}

/** Names of a folder's entries; folders end in a slash, but a public key does not. */
function listing(folder: { [name: string]: Entry }): string {
  return Object.entries(folder)
    .filter(([, entry]) => entry !== undefined)
    .map(([name, entry]) => (!isFolder(entry) || name.includes("=") ? name : `${name}/`))
    .join("\n");
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function plain(status: number, body: string | Buffer): ImdsResponse {
  return { status, headers: { "content-type": "text/plain" }, body };
}
