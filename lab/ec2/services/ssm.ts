import { randomUUID } from "node:crypto";
import { z } from "zod";
import type { Endpoint, HttpAnswer } from "../api/answer";
import { identify } from "../api/identify";
import type { SignedRequest } from "../api/sigv4";
import { authorize } from "../iam/authorize";
import { Ec2Error } from "../model/error";
import type { Region } from "../model/state";

const input = z.strictObject({ Name: z.string(), WithDecryption: z.boolean().optional() });

/** Systems Manager's public parameters, by which images are found (SSM API Reference, GetParameter). */
export function ssm(request: SignedRequest, { runner, keys, faults, now }: Endpoint): HttpAnswer {
  const requestId = randomUUID();
  const answer = (status: number, body: object): HttpAnswer => {
    return { status, requestId, contentType: "application/x-amz-json-1.1", body: JSON.stringify(body) };
  };
  try {
    const region = runner.state();
    const caller = identify(request, { region, keys, faults, now: now(), service: "ssm" });
    const target = request.headers["x-amz-target"] ?? "";
    if (target !== "AmazonSSM.GetParameter") throw new Ec2Error("UnknownOperationException", target);
    const parsed = input.safeParse(JSON.parse(request.body));
    if (!parsed.success) throw new Ec2Error("ValidationException", z.prettifyError(parsed.error));
    authorize(region, caller, "ssm:GetParameter", undefined);
    return answer(200, { Parameter: parameter(region, parsed.data.Name) });
  } catch (error) {
    if (!(error instanceof Ec2Error)) throw error;
    return answer(error.status, { __type: error.code, message: error.message });
  }
}

/** Debian's own parameters: /aws/service/debian/release/<version>/latest/<architecture>. */
function parameter(region: Region, name: string) {
  const [, version, architecture] =
    /^\/aws\/service\/debian\/release\/(\d+)\/latest\/(amd64|arm64)$/.exec(name) ?? [];
  const image = Object.values(region.images).find(({ name: of }) =>
    of.startsWith(`debian-${version}-${architecture}-`),
  );
  if (!image) throw new Ec2Error("ParameterNotFound", `The parameter ${name} is not in this Region.`);
  return {
    Name: name,
    Type: "String",
    Value: image.id,
    Version: 1,
    LastModifiedDate: Date.parse(image.creationDate) / 1000,
    ARN: `arn:aws:ssm:${region.name}::parameter${name}`,
    DataType: "aws:ec2:image",
  };
}
