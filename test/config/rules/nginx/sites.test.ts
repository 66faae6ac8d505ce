import { expect, it } from "vitest";
import { type Nginx, nginxProblems } from "../../problems";

it.each<[string, (nginx: Nginx) => unknown, string]>([
  [
    "a second nameless site",
    (n) => n.sites[0].names.splice(0),
    "sites[0].names: must have a name: only one site answers for every name that no other has, and nginx.routes is it",
  ],
  [
    "a name of two sites",
    (n) => n.sites.push({ ...n.sites[0], names: ["www.example.org"] }),
    'sites[2].names[0]: must be unique, and is the same as nginx.sites[0].names[0] (is "www.example.org")',
  ],
  [
    "a name in capitals",
    (n) => {
      n.sites[0].names = ["WWW.example.org"];
    },
    'sites[0].names[0]: must be a DNS name in lower case, or one with *. before it (is "WWW.example.org")',
  ],
  [
    "nothing to serve",
    (n) => {
      for (const key of ["routes", "certificates", "acme", "proxyProtocol"]) delete n[key];
      n.sites = [];
      n.streams = [];
    },
    "routes: is required, or sites, or streams",
  ],
  [
    "a certificate that is not there",
    (n) => {
      n.sites[0].tls.certificate = "other";
    },
    'sites[0].tls.certificate: must name one of nginx.certificates: main, local, public (is "other")',
  ],
  [
    "files without a path",
    (n) => {
      delete n.certificates[1].key;
    },
    "certificates[1].key: is required with from files: a path on both nodes",
  ],
  [
    "a path for a secret",
    (n) => {
      n.certificates[0].key = "/etc/key";
    },
    'certificates[0].key: is for from files only; leave it out (is "/etc/key")',
  ],
])("a site is refused: %s", (_title, change, expected) => {
  expect(nginxProblems(change)).toEqual([expected]);
});
