import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { type Faults, forAction, isThrottled } from "../faults";
import type { Response } from "../model/action";
import { Ec2Error } from "../model/error";
import { services } from "../services";
import { identify, type StaticKey } from "./identify";
import { parseQuery, type Query } from "./query";
import type { RegionRunner } from "./region-runner";
import type { SignedRequest } from "./sigv4";
import { errorXml, responseXml } from "./xml";

/** What the API's endpoint works on. */
export interface Endpoint {
  runner: RegionRunner;
  keys: readonly StaticKey[];
  faults: Faults;
  now(): number;
}

export interface HttpAnswer {
  status: number;
  requestId: string;
  body: string;
  contentType?: string;
}

/** Answers one HTTP request, of whichever service it is signed for. */
export async function answer(request: SignedRequest, endpoint: Endpoint): Promise<HttpAnswer> {
  const service =
    services[/\/([a-z0-9]+)\/aws4_request/.exec(request.headers.authorization ?? "")?.[1] ?? "ec2"];
  return service ? service(request, endpoint) : ec2(request, endpoint);
}

/** EC2: who asks, what goes wrong on demand, what the Region says. */
async function ec2(request: SignedRequest, endpoint: Endpoint): Promise<HttpAnswer> {
  const requestId = randomUUID();
  try {
    if (request.path !== "/")
      throw new Ec2Error("InvalidRequest", `There is nothing at ${request.path}`, 404);
    const query = parseQuery(request.method === "GET" ? request.query : request.body);
    const response = await respond(query, request, endpoint);
    return { status: 200, requestId, body: responseXml(query.action, requestId, response) };
  } catch (error) {
    if (!(error instanceof Ec2Error)) throw error;
    return { status: error.status, requestId, body: errorXml(requestId, error) };
  }
}

async function respond(query: Query, request: SignedRequest, endpoint: Endpoint): Promise<Response> {
  const { runner, keys, faults, now } = endpoint;
  const { action, version, parameters } = query;
  const latency = forAction(faults.latencyMs, action);
  if (latency) await sleep(latency);
  if (version !== "2016-11-15") {
    throw new Ec2Error(
      "NoSuchVersion",
      `The requested version (${version}) of service AmazonEC2 does not exist`,
    );
  }
  const caller = identify(request, { region: runner.state(), keys, faults, now: now() });
  if (isThrottled(faults, action)) throw new Ec2Error("RequestLimitExceeded", "Request limit exceeded.", 503);
  const failing = forAction(faults.failing, action);
  if (failing && !failing.tookEffect) throw broken(failing.status);
  const outcome = runner.perform({ action, parameters, now: now() }, caller, faults.staleMs);
  const delay = forAction(faults.answerDelayMs, action);
  if (delay) await sleep(delay);
  if (outcome.error) throw outcome.error;
  if (failing) throw broken(failing.status);
  return outcome.response;
}

function broken(status: 500 | 503): Ec2Error {
  if (status === 500) return new Ec2Error("InternalError", "An internal error has occurred", 500);
  return new Ec2Error("Unavailable", "The service is unavailable. Please try again shortly.", 503);
}
