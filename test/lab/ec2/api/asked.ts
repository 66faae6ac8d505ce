import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import { certificateFor } from "../../../../lab/ec2/api/certificate";
import { type ApiServer, serveApi } from "../../../../lab/ec2/api/server";
import { pythonWith } from "../../../python";
import { type Answer, Boto, type Who } from "./boto";
import { endpoint, OPERATOR } from "./endpoint";

/** A Region in this process, which boto3 asks over HTTPS. */
export const site = endpoint();
let server: ApiServer | undefined;
let started: Boto | undefined;
let directory: string | undefined;

export async function startAsking(): Promise<void> {
  const python = await pythonWith(join(__dirname, "requirements.txt"));
  directory = await mkdtemp(join(tmpdir(), "nginx-ha-ec2-"));
  const certificate = await certificateFor(directory, ["127.0.0.1"]);
  const bundle = join(directory, "authority.pem");
  await writeFile(bundle, certificate.authority);
  server = await serveApi(site, { host: "127.0.0.1", certificate });
  started = new Boto(python, server.url, "lab-west-1", bundle);
}

export async function endAsking(): Promise<void> {
  started?.close();
  await server?.close();
  if (directory) await rm(directory, { recursive: true });
}

export function boto(): Boto {
  if (!started) throw new Error("boto3 was not started");
  return started;
}

/** Asks as somebody; nothing in the answer may be unknown to botocore. */
export async function ask(op: string, args: object = {}, as: Who = OPERATOR): Promise<Answer> {
  const answer = await boto().ask({ op, args, as });
  expect(answer.violations, op).toEqual([]);
  return answer;
}

/** The same; what is refused is an error. */
export async function call(op: string, args: object = {}, as: Who = OPERATOR) {
  const { answer, code, message } = await ask(op, args, as);
  if (code) throw new Error(`${op}: ${code}: ${message}`);
  return answer;
}

/** How it is refused: EC2's code, and the status. */
export const refusal = async (op: string, args: object, as: Who) => {
  const { code, status } = await ask(op, args, as);
  return [code, status];
};
