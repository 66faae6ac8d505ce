import { expect, it } from "vitest";
import { type Nginx, nginxProblems } from "../../problems";

it.each<[string, (nginx: Nginx) => unknown, string]>([
  [
    "ACME without an authority",
    (n) => {
      delete n.acme;
    },
    "acme: is required with a certificate from acme: acceptTerms, at least",
  ],
  [
    "an authority of nothing",
    (n) => {
      n.certificates[2].from = "selfSigned";
    },
    "acme: is used by nothing: no certificate is from acme (is an object)",
  ],
  [
    "terms that nobody accepted",
    (n) => {
      n.acme.acceptTerms = false;
    },
    "acme.acceptTerms: must be true: with it you accept the authority's terms of service, which it asks for (is false)",
  ],
  [
    "an authority without TLS",
    (n) => {
      n.acme.directory = "http://ca.example.org/dir";
    },
    'acme.directory: must be an https URL of an ACME directory, e.g. https://acme-v02.api.letsencrypt.org/directory (is "http://ca.example.org/dir")',
  ],
  [
    "an address that would leave its place in JSON",
    (n) => {
      n.acme.email = 'a"b@example.org';
    },
    'acme.email: must be an e-mail address of letters, digits and . _ % + - (is "a\\"b@example.org")',
  ],
  [
    "challenges on another port",
    (n) => {
      n.port = 81;
    },
    "port: must be 80 with a certificate from acme: the authority asks there (HTTP-01) (is 81)",
  ],
  [
    "a wildcard by HTTP-01",
    (n) => {
      n.sites[1].names = ["*.public.example.org"];
    },
    'sites[1].names[0]: cannot be proved by HTTP-01: a wildcard needs DNS-01; take a certificate from secret or files (is "*.public.example.org")',
  ],
  [
    "a name without a dot by ACME",
    (n) => {
      n.sites[1].names = ["localhost"];
    },
    'sites[1].names[0]: cannot be proved: no authority knows a name without a dot (is "localhost")',
  ],
  [
    "a certificate by ACME for nobody",
    (n) => {
      n.sites[1].tls.certificate = "local";
    },
    'certificates[2].from: needs a site that uses it and has names: these are what is proved (is "acme")',
  ],
  [
    "more names than an authority takes",
    (n) => {
      n.sites[1].names = Array.from({ length: 101 }, (_, index) => `n${index}.example.org`);
    },
    "certificates[2].from: must be for at most 100 names; take one more certificate (is 101)",
  ],
  [
    "a route where challenges are answered",
    (n) => n.sites[1].routes.push({ path: "/.well-known/acme-challenge/", pool: "sessions" }),
    'sites[1].routes[1].path: is where challenges of ACME are answered (is "/.well-known/acme-challenge/")',
  ],
])("ACME is refused: %s", (_title, change, expected) => {
  expect(nginxProblems(change)).toEqual([expected]);
});

it("ACME takes no more of a site's paths than it answers", () => {
  for (const path of ["/.well-known/acme-challenges-other", "/.well-known/acme-challenge"])
    expect(
      nginxProblems((n) => n.sites[1].routes.push({ path, pool: "sessions" })),
      path,
    ).toEqual([]);
});
