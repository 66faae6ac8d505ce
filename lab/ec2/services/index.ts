import type { Endpoint, HttpAnswer } from "../api/answer";
import type { SignedRequest } from "../api/sigv4";
import { iam } from "./iam";
import { route53 } from "./route53";
import { ssm } from "./ssm";
import { sts } from "./sts";

/** The services beside EC2, by the name that a request is signed for. */
export const services: Record<
  string,
  ((request: SignedRequest, endpoint: Endpoint) => HttpAnswer) | undefined
> = { iam, route53, ssm, sts };
