import { z } from "zod";

/** What may stand in a text: everything but control characters, line breaks and tabs apart. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is refused
const controls = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is refused
const controlsAndBreaks = /[\u0000-\u001f\u007f]/;

/** nginx reads its file in pieces of 4096 bytes, and no parameter may be longer. */
const LONGEST = 1500;
const MOST_BYTES = 4000;

/** How long it may become in nginx's file: quotes and backslashes get one more, a dollar sign is the name of a variable. */
const bytesInFile = (text: string): number =>
  Buffer.byteLength(text) + (text.match(/["\\\n\r\t]/g)?.length ?? 0) + 17 * (text.match(/\$/g)?.length ?? 0);
const fits = (text: string): boolean => bytesInFile(text) <= MOST_BYTES;
const TOO_LONG = `must be shorter: quoted in nginx's file it is longer than ${MOST_BYTES} bytes (a $ takes 18)`;

/** A text of one line, of any characters: it is quoted. */
export const line = z
  .string()
  .min(1, "must not be empty")
  .max(LONGEST, `must be at most ${LONGEST} characters`)
  .refine((text) => !controlsAndBreaks.test(text), "must be one line without control characters")
  .refine(fits, TOO_LONG);

/** A short text that nginx answers with, quoted in its file. */
export const text = z
  .string()
  .max(LONGEST, `must be at most ${LONGEST} characters`)
  .refine((value) => !controls.test(value), "must have no control characters")
  .refine(fits, TOO_LONG);

/** A page, which becomes a file of its own. */
export const page = z
  .string()
  .min(1, "must not be empty")
  .max(65_536, "must be at most 65536 characters")
  .refine((value) => !controls.test(value), "must have no control characters");

export const urlPath = z
  .string()
  .regex(
    /^\/[A-Za-z0-9._~!$&()*+,=:@%/-]*$/,
    "must be a URL path that starts with /, without spaces, ; { } or quotes",
  );

/** A regular expression that both nginx (PCRE) and this program read; a named group would set a variable. */
export const regex = line.refine(
  (source) => isRegExp(source) && !/\(\?(P?<(?![=!])|')/.test(source),
  "must be a regular expression without named groups",
);

function isRegExp(source: string): boolean {
  try {
    new RegExp(source);
    return true;
  } catch {
    return false;
  }
}

/** What `rewrite` puts in the path's place; $1 to $9 are the groups. */
export const replacement = z
  .string()
  .regex(/^\/([A-Za-z0-9._~!&()*+,=:@%/-]|\$[1-9])*$/, "must be a URL path, with $1 to $9 for the groups");

/** Where a redirect leads: a URL or a path; {host} is the request's name, {uri} its path and query. */
export const redirectTarget = z
  .string()
  .regex(
    /^(?=.)(https?:\/\/(\{host\}|[A-Za-z0-9.-]+)(:[0-9]{1,5})?)?(\/[A-Za-z0-9._~!&()*+,=:@%/?#-]*)?(\{uri\})?$/,
    "must be a URL or a path, with {host} and {uri} of the request, e.g. https://www.example.org{uri}",
  );

export const headerName = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9-]{0,63}$/, "must be a header's name: letters, digits and -");

export const serverName = z
  .string()
  .max(253, "must be at most 253 characters")
  .regex(
    /^(\*\.)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/,
    "must be a DNS name in lower case, or one with *. before it",
  );

export const mimeType = z
  .string()
  .regex(
    /^[a-z]+\/[a-z0-9.+-]+(; ?charset=[A-Za-z0-9-]+)?$/,
    "must be a media type, e.g. text/html; charset=utf-8",
  );

export const filePath = z
  .string()
  .regex(/^(\/[A-Za-z0-9._@+-]+)+$/, "must be an absolute path of letters, digits and . _ @ + -");

export const size = z
  .string()
  .regex(/^([1-9][0-9]{0,5}[km]?|0)$/, "must be a size as nginx has it: 8k, 10m, or 0 for no limit");

/** What limits count by and hashes spread by. */
export const requestKey = z
  .string()
  .regex(
    /^(address|host|uri|header:[A-Za-z][A-Za-z0-9-]{0,63}|cookie:[A-Za-z][A-Za-z0-9_]{0,63})$/,
    "must be address, host, uri, header:NAME or cookie:NAME (letters, digits; in a header -, in a cookie _)",
  );

/** Addresses, as `allow` has them. */
export const range = z.union(
  [z.cidrv4(), z.cidrv6(), z.ipv4(), z.ipv6()],
  "must be an address or a range of addresses, e.g. 192.0.2.0/24",
);

export const seconds = z
  .number()
  .min(0.1, "must be 0.1 to 3600 seconds")
  .max(3600, "must be 0.1 to 3600 seconds");

export const wholeSeconds = z
  .int()
  .min(1, "must be 1 to 3600 seconds")
  .max(3600, "must be 1 to 3600 seconds");

/** A whole number in these bounds. */
export const between = (least: number, most: number) =>
  z.int().min(least, `must be ${least} to ${most}`).max(most, `must be ${least} to ${most}`);
