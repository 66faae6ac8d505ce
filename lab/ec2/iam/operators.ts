import { type Facts, factOf } from "./keys";
import { matches } from "./pattern";

type Test = (wanted: string, fact: string, facts: Facts | undefined) => boolean;

const equals: Test = (wanted, fact, facts) => matches(wanted, fact, facts, { wildcards: false, flags: "s" });
const ignoreCase: Test = (wanted, fact, facts) =>
  matches(wanted, fact, facts, { wildcards: false, flags: "si" });
const like: Test = (wanted, fact, facts) => matches(wanted, fact, facts);

/** Each of the six parts of an ARN by itself; ArnEquals takes wildcards as well (IAM User Guide, "ARN condition operators"). */
const arn: Test = (wanted, fact, facts) => {
  const [one, other] = [parts(wanted), parts(fact)];
  return (
    one.length === 6 &&
    other.length === 6 &&
    one.every((part, index) => matches(part, other[index] ?? "", facts))
  );
};

/** The colons of a variable's name are no separators. */
function parts(text: string): string[] {
  const pieces = text.match(/(?:\$\{[^}]*\}|[^:])+|(?<=:)(?=:|$)/g) ?? [];
  return [...pieces.slice(0, 5), pieces.slice(5).join(":")];
}

const POSITIVE: Record<string, Test> = {
  StringEquals: equals,
  StringEqualsIgnoreCase: ignoreCase,
  StringLike: like,
  ArnEquals: arn,
  ArnLike: arn,
};

const NEGATIVE: Record<string, Test> = {
  StringNotEquals: equals,
  StringNotEqualsIgnoreCase: ignoreCase,
  StringNotLike: like,
  ArnNotEquals: arn,
  ArnNotLike: arn,
};

const OPERATOR = /^(?<name>.+?)(?<ifExists>IfExists)?$/;

export function isOperator(operator: string): boolean {
  const { name = "", ifExists } = OPERATOR.exec(operator)?.groups ?? {};
  return name in POSITIVE || name in NEGATIVE || (name === "Null" && !ifExists);
}

/**
 * Whether one condition holds. Without a fact a positive operator fails, a negated one and …IfExists hold
 * (IAM User Guide, "IAM JSON policy elements: Condition operators").
 */
export function holds(
  operator: string,
  key: string,
  wanted: readonly string[],
  known: Facts,
  variables: boolean,
): boolean {
  const { name = "", ifExists } = OPERATOR.exec(operator)?.groups ?? {};
  const fact = factOf(known, key);
  if (name === "Null") return wanted.includes(String(fact === undefined));
  const positive = POSITIVE[name];
  const negative = NEGATIVE[name];
  if (fact === undefined) return ifExists !== undefined || negative !== undefined;
  const of = variables ? known : undefined;
  if (positive) return wanted.some((one) => positive(one, fact, of));
  return negative !== undefined && !wanted.some((one) => negative(one, fact, of));
}
