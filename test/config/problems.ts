import { parseCluster } from "../../config/parse";
import { exampleInput, makeVpc } from "../example";

export type Input = ReturnType<typeof exampleInput>;
export type Nginx = Input["nginx"];

const problemsOf = (input: Input, change: (input: Input) => unknown): string[] => {
  change(input);
  const parsed = parseCluster(input);
  return "problems" in parsed ? parsed.problems : [];
};

/** The problems of the example on hosts after `change`. */
export const problems = (change: (input: Input) => unknown): string[] => problemsOf(exampleInput(), change);

/** The same of its nginx, without what they all begin with. */
export const nginxProblems = (change: (nginx: Nginx) => unknown): string[] =>
  problems(({ nginx }) => change(nginx)).map((line) => line.replace("nginx-ha:cluster.nginx.", ""));

/** The problems of the example on EC2, in a VPC that is made, after `change`. */
export function awsProblems(change: (input: Input) => unknown): string[] {
  const input = exampleInput("Pulumi.example-aws.yaml");
  makeVpc(input);
  return problemsOf(input, change);
}
