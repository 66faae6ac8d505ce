import { Instance } from "@pulumi/aws/ec2";
import type * as pulumi from "@pulumi/pulumi";
import { expect, it } from "vitest";
import { tokensOnly } from "../../../components/aws/tokens-only";
import { registered } from "../mocks";

const make = (metadataOptions?: { httpTokens: pulumi.Input<string> }) =>
  registered(() => {
    const options = { transformations: [tokensOnly] };
    new Instance("web", { ami: "ami-1", instanceType: "t3.micro", metadataOptions }, options);
  });

it("lets a machine pass whose metadata wants a token", async () => {
  const [made] = (await make({ httpTokens: "required" })).filter(({ name }) => name === "web");
  expect(made?.inputs.metadataOptions).toEqual({ httpTokens: "required" });
});

it.each([
  ["without a word on it", undefined],
  ["with tokens that are optional", { httpTokens: "optional" }],
])("refuses a machine %s", async (_title, options) => {
  await expect(make(options)).rejects.toThrow(/^web: metadataOptions.httpTokens must be "required"; /);
});
