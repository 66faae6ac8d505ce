import { z } from "zod";
import { cluster } from "./cluster";

/** The JSON schema of a whole `Pulumi.<stack>.yaml`, for editors: completion, descriptions, defaults. */
export function stackJsonSchema(): object {
  const clusterSchema = z.toJSONSchema(cluster, { io: "input", target: "draft-7" });
  delete clusterSchema.$schema;
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "Pulumi stack configuration of nginx-ha",
    type: "object",
    properties: {
      config: {
        type: "object",
        properties: {
          "nginx-ha:cluster": clusterSchema,
          "nginx-ha:sshPrivateKey": secret(
            "Platform hosts: the key that logs in on both nodes: pulumi config set --secret nginx-ha:sshPrivateKey < KEYFILE",
          ),
          "nginx-ha:sshProxyPrivateKey": secret(
            "Platform aws with ssh.proxy: the key that logs in on the bastion: pulumi config set --secret nginx-ha:sshProxyPrivateKey < KEYFILE",
          ),
        },
        required: ["nginx-ha:cluster"],
      },
    },
    required: ["config"],
  };
}

const secret = (description: string): object => ({
  type: "object",
  description,
  properties: { secure: { type: "string" } },
  required: ["secure"],
  additionalProperties: false,
});
