import { randomUUID } from "node:crypto";
import type { Endpoint, HttpAnswer } from "../../api/answer";
import { identify } from "../../api/identify";
import type { SignedRequest } from "../../api/sigv4";
import { authorize } from "../../iam/authorize";
import { Ec2Error } from "../../model/error";
import { type Call, insync, ROOT } from "./call";
import { healthCheckCalls } from "./health-checks";
import { recordCalls } from "./records";
import { xml } from "./xml";
import { zoneCalls } from "./zones";

/** Route 53, as far as records for a VIP need it (Route 53 API Reference, 2013-04-01). Nobody resolves its names. */
export function route53(request: SignedRequest, { runner, keys, faults, now }: Endpoint): HttpAnswer {
  const requestId = randomUUID();
  try {
    const region = runner.state();
    const caller = identify(request, { region, keys, faults, now: now(), service: "route53" });
    const [name, call] = callFor(request);
    authorize(region, caller, `route53:${name}`, undefined);
    const id = call.path.exec(request.path)?.[1] ?? "";
    const query = new URLSearchParams(request.query);
    const { region: next, status = 200, result } = call.run(region, { id, body: request.body, query });
    if (next) runner.apply(() => next);
    return { status, requestId, contentType: "text/xml", body: xml(`${name}Response`, result) };
  } catch (error) {
    if (!(error instanceof Ec2Error)) throw error;
    const { code: Code, message: Message, status } = error;
    const body = xml("ErrorResponse", { Error: { Type: "Sender", Code, Message }, RequestId: requestId });
    return { status, requestId, contentType: "text/xml", body };
  }
}

const calls: Record<string, Call> = {
  ...zoneCalls,
  ...recordCalls,
  ...healthCheckCalls,
  GetChange: { method: "GET", path: new RegExp(`^${ROOT}/change/`), run: () => ({ result: insync() }) },
};

function callFor({ method, path }: SignedRequest): [string, Call] {
  const found = Object.entries(calls).find(([, call]) => call.method === method && call.path.test(path));
  if (!found) throw new Ec2Error("InvalidAction", `Route 53 of the lab has no ${method} ${path}`, 404);
  return found;
}
