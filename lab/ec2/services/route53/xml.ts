import { XMLBuilder, XMLParser } from "fast-xml-parser";
import { z } from "zod";
import { Ec2Error } from "../../model/error";

const NAMESPACE = "https://route53.amazonaws.com/doc/2013-04-01/";

const parser = new XMLParser({
  parseTagValue: false,
  isArray: (name, path) =>
    ["Change", "ResourceRecord", "Tag"].includes(name) ||
    (name === "Key" && /RemoveTagKeys\.Key$/.test(`${path}`)),
});
const builder = new XMLBuilder({ ignoreAttributes: false });

/** A request's body, whose outermost element is `root`. */
export function parsed<T>(shape: z.ZodType<T>, body: string, root: string): T {
  const read = shape.safeParse(parser.parse(body)[root]);
  if (read.success) return read.data;
  throw new Ec2Error("InvalidInput", z.prettifyError(read.error));
}

export const xml = (root: string, members: object): string =>
  `<?xml version="1.0"?>\n${builder.build({ [root]: { "@_xmlns": NAMESPACE, ...members } })}`;
