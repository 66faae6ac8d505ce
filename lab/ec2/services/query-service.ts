import { randomUUID } from "node:crypto";
import type { Endpoint, HttpAnswer } from "../api/answer";
import { identify } from "../api/identify";
import { parseQuery } from "../api/query";
import type { SignedRequest } from "../api/sigv4";
import { resultErrorXml, resultXml } from "../api/xml";
import { authorize } from "../iam/authorize";
import type { Caller } from "../iam/caller";
import type { Response } from "../model/action";
import { Ec2Error } from "../model/error";
import { type Fields, type Node, parseFields, type Shape, type Values } from "../model/parameters";
import type { Region } from "../model/state";

/** One call of such a service. A changed Region is the next one. */
export interface Call<F extends Fields = Fields> {
  parameters: F;
  run(
    region: Region,
    values: Values<F>,
    about: { now: number; caller: Caller },
  ): { region?: Region; result?: Response };
}

export const call = <F extends Fields>(definition: Call<F>): Call => definition as unknown as Call;

interface Definition {
  name: string;
  version: string;
  namespace: string;
  calls: Record<string, Call | undefined>;
  /** Calls that need no permission. */
  open?: readonly string[];
}

/** A service that speaks AWS's Query protocol, with `member` lists. */
export const queryService =
  ({ name, version, namespace, calls, open = [] }: Definition) =>
  (request: SignedRequest, { runner, keys, faults, now }: Endpoint): HttpAnswer => {
    const requestId = randomUUID();
    try {
      const query = parseQuery(request.method === "GET" ? request.query : request.body);
      const region = runner.state();
      const caller = identify(request, { region, keys, faults, now: now(), service: name });
      const known = query.version === version ? calls[query.action] : undefined;
      if (!known) {
        throw new Ec2Error(
          "InvalidAction",
          `Could not find operation ${query.action} for version ${query.version}`,
        );
      }
      if (!open.includes(query.action)) authorize(region, caller, `${name}:${query.action}`, undefined);
      const done = known.run(region, parseFields(known.parameters, query.parameters), { now: now(), caller });
      if (done.region) runner.apply(() => done.region as Region);
      return {
        status: 200,
        requestId,
        body: resultXml(namespace, query.action, requestId, done.result ?? {}),
      };
    } catch (error) {
      if (!(error instanceof Ec2Error)) throw error;
      return { status: error.status, requestId, body: resultErrorXml(namespace, requestId, error) };
    }
  };

/** A list whose items are numbered below `member`. */
export function memberList<T>(list: Shape<T>): Shape<T> {
  return {
    ...list,
    parse: (node, path) =>
      list.parse(typeof node === "object" ? ((node as { [key: string]: Node }).member ?? {}) : node, path),
  };
}
