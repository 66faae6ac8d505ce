import type { Answer, Response } from "../model/action";
import type { Ec2Error } from "../model/error";

const NAMESPACE = "http://ec2.amazonaws.com/doc/2016-11-15/";

/** The answer to an action: members by name, a list as a set of items, what is absent left out. */
export function responseXml(action: string, requestId: string, response: Response): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${action}Response xmlns="${NAMESPACE}">${element("requestId", requestId)}${members(response)}</${action}Response>`;
}

/** The answer of a service whose lists have `member` items, such as IAM's. */
export function resultXml(namespace: string, action: string, requestId: string, result: Response): string {
  const inner = `<${action}Result>${members(result, "member")}</${action}Result>`;
  const metadata = element("ResponseMetadata", { RequestId: requestId });
  return `<${action}Response xmlns="${namespace}">${inner}${metadata}</${action}Response>`;
}

/** An error of such a service. */
export function resultErrorXml(namespace: string, requestId: string, { code, message }: Ec2Error): string {
  const error = element("Error", { Type: "Sender", Code: code, Message: message });
  return `<ErrorResponse xmlns="${namespace}">${error}${element("RequestId", requestId)}</ErrorResponse>`;
}

/** An error in the form of EC2's query API, which spells RequestID its own way. */
export function errorXml(requestId: string, { code, message }: Ec2Error): string {
  const error = element("Error", { Code: code, Message: message });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<Response><Errors>${error}</Errors>${element("RequestID", requestId)}</Response>`;
}

function members(values: { [name: string]: Answer }, item = "item"): string {
  return Object.entries(values)
    .map(([name, value]) => element(name, value, item))
    .join("");
}

function element(name: string, value: Answer, item = "item"): string {
  if (value === undefined) return "";
  if (Array.isArray(value))
    return `<${name}>${value.map((one) => element(item, one, item)).join("")}</${name}>`;
  if (value instanceof Date) return `<${name}>${value.toISOString()}</${name}>`;
  if (typeof value === "object") return `<${name}>${members(value, item)}</${name}>`;
  return `<${name}>${escaped(String(value))}</${name}>`;
}

const ENTITIES: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
};

/** Control characters, which XML 1.0 cannot carry, are left out. */
function escaped(text: string): string {
  return text.replace(/[^\P{Cc}\t\n\r]/gu, "").replace(/[&<>"']/g, (one) => ENTITIES[one] ?? one);
}
