import type { Answer, Response } from "../model/action";
import type { Ec2Error } from "../model/error";

const NAMESPACE = "http://ec2.amazonaws.com/doc/2016-11-15/";

/** The answer to an action: members by name, a list as a set of items, what is absent left out. */
export function responseXml(action: string, requestId: string, response: Response): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${action}Response xmlns="${NAMESPACE}">${element("requestId", requestId)}${members(response)}</${action}Response>`;
}

/** An error in the form of EC2's query API, which spells RequestID its own way. */
export function errorXml(requestId: string, { code, message }: Ec2Error): string {
  const error = element("Error", { Code: code, Message: message });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<Response><Errors>${error}</Errors>${element("RequestID", requestId)}</Response>`;
}

function members(values: { [name: string]: Answer }): string {
  return Object.entries(values)
    .map(([name, value]) => element(name, value))
    .join("");
}

function element(name: string, value: Answer): string {
  if (value === undefined) return "";
  if (Array.isArray(value))
    return `<${name}>${value.map((item) => element("item", item)).join("")}</${name}>`;
  if (value instanceof Date) return `<${name}>${value.toISOString()}</${name}>`;
  if (typeof value === "object") return `<${name}>${members(value)}</${name}>`;
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
