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
          "nginx-ha:cluster": {},
          "nginx-ha:shared": {
            type: ["string", "array"],
            items: { type: "string" },
            minItems: 1,
            description:
              "A YAML file of the project with keys of nginx-ha:cluster that several stacks share, or a list of such files, later ones on top; what the stack says comes on top of all.",
          },
          "nginx-ha:stacks": {
            type: "object",
            description:
              "A name for each stack whose outputs the cluster refers to: a dollar sign, then {name.output}.",
            additionalProperties: { type: "string" },
          },
          "nginx-ha:sshPrivateKey": secret(
            "Platform hosts: the key that logs in on both nodes: pulumi config set --secret nginx-ha:sshPrivateKey < KEYFILE",
          ),
          "nginx-ha:sshProxyPrivateKey": secret(
            "Platform aws with ssh.proxy: the key that logs in on the bastion: pulumi config set --secret nginx-ha:sshProxyPrivateKey < KEYFILE",
          ),
          "nginx-ha:certificates": {
            type: "object",
            description:
              "Certificates with their chains, and their keys, in PEM form, by the names of nginx.certificates: pulumi config set --secret --path nginx-ha:certificates.NAME.certificate < FILE, and .key",
            additionalProperties: {
              type: "object",
              properties: {
                certificate: secret("The certificate, then the intermediate ones."),
                key: secret("Its private key."),
              },
              required: ["certificate", "key"],
              additionalProperties: false,
            },
          },
          "nginx-ha:passwords": {
            type: "object",
            description:
              "Lists of names and hashed passwords, as htpasswd -B makes them, by the names that basicAuth refers to: pulumi config set --secret --path nginx-ha:passwords.NAME < FILE",
            additionalProperties: secret("Lines of htpasswd's form."),
          },
        },
        // What is shared need not stand in the stack's own file.
        if: { required: ["nginx-ha:shared"] },
        // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON schema
        then: { properties: { "nginx-ha:cluster": withoutRequired(clusterSchema) } },
        else: { properties: { "nginx-ha:cluster": clusterSchema }, required: ["nginx-ha:cluster"] },
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

/** The same keys, any of which may be missing. */
function withoutRequired(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(withoutRequired);
  if (schema === null || typeof schema !== "object") return schema;
  const entries = Object.entries(schema).filter(
    ([key, value]) => key !== "required" || !Array.isArray(value),
  );
  return Object.fromEntries(entries.map(([key, value]) => [key, withoutRequired(value)]));
}
