import { describe, expect, test } from "vitest";
import { evaluate } from "../../../../lab/ec2/iam/evaluate";
import { facts } from "../../../../lab/ec2/iam/keys";
import { parsePolicy } from "../../../../lab/ec2/iam/policy";

const ENI = "arn:aws:ec2:lab-west-1:123456789012:network-interface/eni-1";
const known = facts({
  "aws:userid": "AROA:i-1",
  "ec2:SourceInstanceARN": "arn:aws:ec2:lab-west-1:123456789012:instance/i-1",
  "ec2:ResourceTag/node": "a",
  "aws:ResourceTag/node": "a",
  "ec2:Region": "lab-west-1",
  "ec2:Vpc": "arn:aws:ec2:lab-west-1:123456789012:vpc/vpc-1",
});

/** A policy variable, as it stands in the JSON. */
const variable = (name: string) => ["$", "{", name, "}"].join("");

const document = (...statements: object[]) =>
  JSON.stringify({ Version: "2012-10-17", Statement: statements });
const allow = (more: object) => ({ Effect: "Allow", Action: "ec2:AssociateAddress", Resource: "*", ...more });

function decide(text: string, question = {}) {
  return evaluate([parsePolicy(text)], {
    action: "ec2:AssociateAddress",
    resource: ENI,
    facts: known,
    ...question,
  });
}

test.each([
  ["its name", { Action: "ec2:AssociateAddress" }, "allowed"],
  ["its name in another case", { Action: "ec2:associateaddress" }, "allowed"],
  ["a wildcard", { Action: ["ec2:Assoc*"] }, "allowed"],
  ["another name", { Action: "ec2:AssociateAddresses" }, "not allowed"],
  ["everything but another", { Action: undefined, NotAction: "ec2:RunInstances" }, "allowed"],
  ["the ARN", { Resource: ENI }, "allowed"],
  ["an ARN with a wildcard", { Resource: ENI.replace("eni-1", "*") }, "allowed"],
  ["an ARN that begins the same", { Resource: ENI.replace("eni-1", "eni-") }, "not allowed"],
  ["an ARN with one character open", { Resource: ENI.replace("eni-1", "eni-?") }, "allowed"],
  ["all but this ARN", { Resource: undefined, NotResource: ENI }, "not allowed"],
])("an action on a resource, by %s", (_, more, decision) => {
  expect(decide(document(allow(more)))).toBe(decision);
});

test("a denial beats an allowance, wherever it stands", () => {
  const deny = { ...allow({}), Effect: "Deny" };
  expect(decide(document(allow({}), deny))).toBe("denied");
  expect(
    decide(document({ ...deny, Condition: { StringEquals: { "ec2:ResourceTag/node": "b" } } }, allow({}))),
  ).toBe("allowed");
});

test("an action without resources is allowed by * alone", () => {
  const text = document(allow({ Resource: ENI }));
  expect(decide(text, { resource: "*" })).toBe("not allowed");
  expect(decide(document(allow({})), { resource: "*" })).toBe("allowed");
});

test.each([
  [{ StringEquals: { "ec2:ResourceTag/node": "a" } }, true],
  [{ StringEquals: { "EC2:resourcetag/node": ["b", "a"] } }, true],
  [{ StringEquals: { "aws:ResourceTag/node": "A" } }, false],
  [{ StringEquals: { "aws:ResourceTag/node": "?" } }, false],
  [{ StringEqualsIgnoreCase: { "aws:ResourceTag/node": "A" } }, true],
  [{ StringLike: { "aws:ResourceTag/node": "?" } }, true],
  [{ StringEquals: { "ec2:ResourceTag/absent": "a" } }, false],
  [{ StringNotEquals: { "ec2:ResourceTag/absent": "a" } }, true],
  [{ StringNotEquals: { "ec2:ResourceTag/node": ["a", "b"] } }, false],
  [{ StringEqualsIfExists: { "ec2:ResourceTag/absent": "a" } }, true],
  [{ Null: { "ec2:ResourceTag/absent": "true" } }, true],
  [{ Null: { "ec2:ResourceTag/node": true } }, false],
  [{ ArnEquals: { "ec2:SourceInstanceARN": "arn:aws:ec2:lab-west-1:123456789012:instance/i-1" } }, true],
  [{ ArnLike: { "ec2:SourceInstanceARN": "arn:aws:ec2:*:*:instance/i-?" } }, true],
  [{ ArnLike: { "ec2:SourceInstanceARN": "arn:aws:ec2:*:instance/i-1" } }, false],
  [{ ArnEquals: { "ec2:Vpc": "arn:aws:ec2:lab-west-1:123456789012:vpc/vpc-2" } }, false],
  [{ StringLike: { "aws:userid": "*:i-1" }, StringEquals: { "ec2:Region": "lab-west-2" } }, false],
  [{ StringEquals: { "aws:userid": variable("aws:userid") } }, true],
  [{ StringLike: { "aws:userid": `AROA${variable("*")}` } }, false],
])("%j holds: %s", (Condition, holds) => {
  expect(decide(document(allow({ Condition })))).toBe(holds ? "allowed" : "not allowed");
});

test("a variable in a resource stands for what the caller is", () => {
  const resource = ENI.replace("eni-1", variable("ec2:ResourceTag/node"));
  expect(decide(document(allow({ Resource: resource })), { resource: ENI.replace("eni-1", "a") })).toBe(
    "allowed",
  );
});

describe("a policy that the Region could not judge is refused when it is put", () => {
  test.each([
    ["an unknown key", { Condition: { StringEquals: { "ec2:Colour": "red" } } }, "no such key"],
    ["an unknown operator", { Condition: { StringMatches: { "ec2:Region": "x" } } }, "no such operator"],
    [
      "an operator over sets",
      { Condition: { "ForAllValues:StringEquals": { "ec2:Region": "x" } } },
      "no such operator",
    ],
    ["an unknown variable", { Resource: `arn:aws:ec2:::${variable("aws:username")}` }, "no such variable"],
    ["an unknown element", { Principal: "*" }, "Principal"],
    ["no action", { Action: undefined }, "Action"],
    ["no resource", { Resource: undefined }, "Resource"],
    ["an action without a service", { Action: "AssociateAddress" }, "service:Action"],
    ["a resource that is no ARN", { Resource: "eni-1" }, "not an ARN"],
    ["another effect", { Effect: "Maybe" }, "Statement.0.Effect"],
  ])("%s", (_, more, reason) => {
    expect(() => parsePolicy(document(allow(more)))).toThrow(reason);
  });

  test("text that is not JSON", () => {
    expect(() => parsePolicy("{")).toThrow("not JSON");
  });
});
