import { z } from "zod";
import { filePath } from "./text";

/** Where the authority asks for the challenges' answers (RFC 8555, 8.3). */
export const CHALLENGES_PATH = "/.well-known/acme-challenge/";

/** Where certificates `from: acme` come from; rules: rules/nginx/acme.ts. */
export const acme = z
  .strictObject({
    directory: z
      .string()
      .regex(
        /^https:\/\/[A-Za-z0-9.-]{1,253}(:[0-9]{1,5})?(\/[A-Za-z0-9._~%-]+)*\/?$/,
        "must be an https URL of an ACME directory, e.g. https://acme-v02.api.letsencrypt.org/directory",
      )
      .default("https://acme-v02.api.letsencrypt.org/directory")
      .meta({ description: "The authority's ACME directory." }),
    acceptTerms: z
      .literal(true, "must be true: with it you accept the authority's terms of service, which it asks for")
      .meta({ description: "true: you accept the authority's terms of service." }),
    email: z
      .string()
      .regex(
        /^[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$/,
        "must be an e-mail address of letters, digits and . _ % + -",
      )
      .optional()
      .meta({ description: "Where the authority writes to. Default: nowhere." }),
    trustedCertificate: filePath.optional().meta({
      description:
        "On the nodes: the file of authorities by which the directory's own certificate is verified. Default: Debian's.",
    }),
  })
  .meta({ description: "The authority of certificates that come from acme." });

export type AcmeConfig = z.output<typeof acme>;
