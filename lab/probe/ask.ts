import { join } from "node:path";
import { attempt } from "../host/run";
import type { Target } from "./probe";

const node = join(__dirname, "../../node_modules/.bin/node");

/** One request, and why there is no answer; its arguments: URL, milliseconds. */
const REQUEST = `
const [url, limit] = process.argv.slice(1);
fetch(url, { signal: AbortSignal.timeout(Number(limit)) })
  .then((answer) => answer.text(), (error) => String(error.cause ?? error))
  .then((text) => process.stdout.write(text));
`;

/** What an address answers to one HTTP request of somebody in a namespace; the reason, if it does not in three seconds. */
export async function ask({ namespace, address }: Target): Promise<string> {
  const argv = ["ip", "netns", "exec", namespace, node, "-e", REQUEST, `http://${address}/`, "3000"];
  const { stdout, stderr } = await attempt(argv, { timeoutMs: 10_000 });
  return stdout || stderr;
}
