import type { Policy } from "./policy";

/** Who makes a request, and what he may do. */
export interface Caller {
  arn: string;
  account: string;
  /** `aws:userid`: of a role's session the role's id, a colon, and the session's name. */
  userId: string;
  policies: readonly Policy[];
  /** The instance whose role this is, if it is one's. */
  sourceInstanceArn?: string;
}

/** An operator who may do everything. */
export function administrator(account: string, name = "operator"): Caller {
  const everything: Policy = {
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: ["*"], Resource: ["*"], Condition: {} }],
  };
  return { arn: `arn:aws:iam::${account}:user/${name}`, account, userId: name, policies: [everything] };
}
