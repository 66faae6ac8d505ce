import * as pulumi from "@pulumi/pulumi";

/**
 * Refuses every machine of the program whose metadata answers without a token (IMDSv1): whoever makes such a machine
 * send one request to 169.254.169.254 has its role's credentials. For `pulumi.runtime.registerStackTransformation`.
 *
 * @throws pulumi.RunError at preview, with the machine's name
 */
export const tokensOnly: pulumi.ResourceTransformation = ({ type, name, props, opts }) => {
  if (type !== "aws:ec2/instance:Instance") return undefined;
  const metadataOptions = check(name, props.metadataOptions);
  return { props: { ...props, metadataOptions }, opts };
};

function check(name: string, options: unknown): unknown {
  if (pulumi.Output.isInstance(options)) return options.apply((known) => check(name, known));
  if ((options as { httpTokens?: unknown } | undefined)?.httpTokens === "required") return options;
  throw new pulumi.RunError(
    `${name}: metadataOptions.httpTokens must be "required"; without tokens any request that the machine can be made to send gets its credentials`,
  );
}
