import * as pulumi from "@pulumi/pulumi";

/** On everything that is made: whose it is. */
export const STACK_TAG = "nginx-ha:stack";

/** The stack that runs, as the tag has it. */
export const thisStack = (): string => `${pulumi.getProject()}/${pulumi.getStack()}`;
