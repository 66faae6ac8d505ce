import { expect, it } from "vitest";
import { line, text } from "../../../config/nginx/text";
import { literal } from "../../../node/nginx/text";

const problems = (value: string): string[] =>
  [line, text].flatMap((schema) => schema.safeParse(value).error?.issues.map(({ message }) => message) ?? []);

it.each([
  ["letters", "a".repeat(1500)],
  ["quotes", '"'.repeat(1500)],
  ["dollar signs", "$".repeat(200)],
  ["letters of three bytes", "線".repeat(1300)],
])("takes %s that fit into one of nginx's buffers", (_what, value) => {
  expect(problems(value)).toEqual([]);
  expect(Buffer.byteLength(literal(value))).toBeLessThan(4096);
});

it.each([
  ["dollar signs", "$".repeat(230)],
  ["letters of three bytes", "線".repeat(1400)],
])("refuses %s that do not", (_what, value) => {
  expect(problems(value)).toHaveLength(2);
  expect(problems(value)[0]).toMatch(/^must be shorter: quoted in nginx's file/);
});
