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
          "nginx-ha:sshPrivateKey": {
            type: "object",
            description:
              "The key that logs in on both nodes: pulumi config set --secret nginx-ha:sshPrivateKey < KEYFILE",
            properties: { secure: { type: "string" } },
            required: ["secure"],
            additionalProperties: false,
          },
        },
        required: ["nginx-ha:cluster", "nginx-ha:sshPrivateKey"],
      },
    },
    required: ["config"],
  };
}
