import { z } from "zod";
import { name, port } from "../names";
import { TLS_PORT } from "./ports";
import { filePath } from "./text";

/** Where a certificate comes from; rules: rules/nginx/sites.ts. */
export const certificate = z.strictObject({
  name: name.meta({ description: "By which sites refer to it." }),
  from: z
    .enum(["secret", "files", "selfSigned", "acme"], "must be secret, files, selfSigned or acme")
    .default("secret")
    .meta({
      description:
        "secret: nginx-ha:certificates; files: they are on both nodes already; selfSigned: the stack makes one, for tests; acme: the MASTER gets one from nginx.acme, and keeps it renewed.",
    }),
  certificate: filePath
    .optional()
    .meta({ description: "files: the certificate with its chain, in PEM form, on the node." }),
  key: filePath.optional().meta({ description: "files: its private key, in PEM form, on the node." }),
});

export const tls = z
  .strictObject({
    port: port.default(TLS_PORT).meta({ description: "The port of TLS." }),
    http2: z.boolean().default(true).meta({ description: "HTTP/2, which gRPC needs." }),
    http3: z.boolean().default(false).meta({
      description:
        "HTTP/3, too, on the same port by UDP: Debian 13's nginx has it, Debian 12's does not. Its connections end when the VIP moves, and at a reload.",
    }),
    profile: z
      .enum(["intermediate", "modern"], "must be intermediate or modern")
      .default("intermediate")
      .meta({
        description:
          "Mozilla's guideline 6.0. intermediate: TLS 1.2 and 1.3, clients of the last ten years; modern: TLS 1.3 only.",
      }),
  })
  .prefault({})
  .meta({ description: "TLS of all sites that have a certificate." });

export type CertificateConfig = z.output<typeof certificate>;
