import type { Facts } from "./keys";
import { holds } from "./operators";
import { matches } from "./pattern";
import type { Policy, Statement } from "./policy";

/** One question: may this action be done to this resource, under these circumstances? */
export interface Question {
  action: string;
  /** An ARN, or `*` for an action without resource-level permission. */
  resource: string;
  facts: Facts;
}

export type Decision = "allowed" | "denied" | "not allowed";

/** A denial beats everything, and what nothing allows is not allowed (IAM User Guide, "Policy evaluation logic"). */
export function evaluate(policies: readonly Policy[], question: Question): Decision {
  const applying = policies.flatMap((policy) =>
    policy.Statement.filter((one) => applies(one, question, policy.Version)),
  );
  if (applying.some(({ Effect }) => Effect === "Deny")) return "denied";
  return applying.length > 0 ? "allowed" : "not allowed";
}

function applies(statement: Statement, { action, resource, facts }: Question, version: string): boolean {
  const variables = version === "2012-10-17";
  const known = variables ? facts : undefined;
  const names = (texts: readonly string[]) =>
    texts.some((text) => matches(text, action, undefined, { wildcards: true, flags: "si" }));
  const covers = (texts: readonly string[]) => texts.some((text) => matches(text, resource, known));
  return (
    (statement.Action ? names(statement.Action) : !names(statement.NotAction ?? [])) &&
    (statement.Resource ? covers(statement.Resource) : !covers(statement.NotResource ?? [])) &&
    Object.entries(statement.Condition).every(([operator, keys]) =>
      Object.entries(keys).every(([key, wanted]) => holds(operator, key, wanted, facts, variables)),
    )
  );
}
