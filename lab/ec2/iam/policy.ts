import { z } from "zod";
import { Ec2Error } from "../model/error";
import { isConditionKey } from "./keys";
import { isOperator } from "./operators";
import { variablesIn } from "./pattern";

const several = z.union([z.string(), z.array(z.string())]).transform((value) => [value].flat());
const values = z.union([z.string(), z.boolean(), z.number(), z.array(z.string())]);
const condition = z
  .record(
    z.string(),
    z.record(
      z.string(),
      values.transform((value) => [value].flat().map(String)),
    ),
  )
  .default({});

const statement = z
  .strictObject({
    Sid: z
      .string()
      .regex(/^[A-Za-z0-9]*$/)
      .optional(),
    Effect: z.enum(["Allow", "Deny"]),
    Action: several.optional(),
    NotAction: several.optional(),
    Resource: several.optional(),
    NotResource: several.optional(),
    Condition: condition,
  })
  .refine((one) => !one.Action !== !one.NotAction, "exactly one of Action and NotAction")
  .refine((one) => !one.Resource !== !one.NotResource, "exactly one of Resource and NotResource");

const policy = z.strictObject({
  Version: z.enum(["2012-10-17", "2008-10-17"]).default("2008-10-17"),
  Id: z.string().optional(),
  Statement: z.preprocess((value) => [value].flat(), z.array(statement)),
});

/** An identity policy, checked and complete. */
export type Policy = z.infer<typeof policy>;
export type Statement = Policy["Statement"][number];

/**
 * Reads a policy document. What this Region could not judge is refused here, when the policy is put, so that
 * no statement is ever taken for true or passed over in silence.
 */
export function parsePolicy(text: string): Policy {
  const parsed = policy.safeParse(asJson(text));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw malformed(`${issue?.path.join(".") || "document"}: ${issue?.message}`);
  }
  for (const one of parsed.data.Statement) checkStatement(one, parsed.data.Version);
  return parsed.data;
}

function checkStatement(
  { Action, NotAction, Resource, NotResource, Condition }: Statement,
  version: string,
): void {
  for (const name of [...(Action ?? []), ...(NotAction ?? [])]) {
    if (!/^(\*|[a-z0-9-]+:[A-Za-z0-9*?]+)$/.test(name)) throw malformed(`Action ${name}: not service:Action`);
  }
  for (const arn of [...(Resource ?? []), ...(NotResource ?? [])]) {
    if (arn !== "*" && !/^arn:[^:]*:[^:]*:[^:]*:[^:]*:.+$/s.test(arn))
      throw malformed(`Resource ${arn}: not an ARN`);
  }
  for (const [operator, keys] of Object.entries(Condition)) {
    if (!isOperator(operator)) throw malformed(`Condition ${operator}: this Region knows no such operator`);
    for (const key of Object.keys(keys)) {
      if (!isConditionKey(key))
        throw malformed(`Condition ${operator} ${key}: this Region knows no such key`);
    }
  }
  const texts = [
    ...(Resource ?? []),
    ...Object.values(Condition).flatMap((keys) => Object.values(keys).flat()),
  ];
  for (const variable of version === "2012-10-17" ? texts.flatMap(variablesIn) : []) {
    if (!isConditionKey(variable)) throw malformed(`\${${variable}}: this Region knows no such variable`);
  }
}

function asJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw malformed(`not JSON: ${(error as Error).message}`);
  }
}

function malformed(reason: string): Ec2Error {
  return new Ec2Error("MalformedPolicyDocument", `The policy is not valid: ${reason}`);
}
