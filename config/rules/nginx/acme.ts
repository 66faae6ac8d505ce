import { CHALLENGES_PATH } from "../../nginx/acme";
import { items, type Path, type Problem } from "../problem";
import { type LooseNginx, routesOf } from "./sites";

/** Of Let's Encrypt; others take fewer or more. */
const MOST_NAMES = 100;

/** What can be proved by HTTP-01: names, one by one, on port 80. */
export function* acmeRules(nginx: LooseNginx): Generator<Problem> {
  const certificates = items(nginx.certificates).flatMap((certificate, index) =>
    certificate?.from === "acme" ? [{ name: certificate.name, index }] : [],
  );
  const path: Path = ["nginx", "acme"];
  if (certificates.length === 0) {
    if (nginx.acme !== undefined)
      yield { path, value: nginx.acme, message: "is used by nothing: no certificate is from acme" };
    return;
  }
  if (nginx.acme === undefined)
    yield {
      path,
      value: undefined,
      message: "is required with a certificate from acme: acceptTerms, at least",
    };
  const port = nginx.port ?? 80;
  if (port !== 80)
    yield {
      path: ["nginx", "port"],
      value: port,
      message: "must be 80 with a certificate from acme: the authority asks there (HTTP-01)",
    };
  for (const { name, index } of certificates)
    yield* nameRules(nginx, name, ["nginx", "certificates", index, "from"]);
}

function* nameRules(nginx: LooseNginx, certificate: string | undefined, path: Path): Generator<Problem> {
  const sites = items(nginx.sites).flatMap((site, index) =>
    site?.tls?.certificate === certificate && certificate !== undefined ? [{ site, index }] : [],
  );
  const names = sites.flatMap(({ site }) => items(site.names));
  if (names.length === 0)
    yield {
      path,
      value: "acme",
      message: "needs a site that uses it and has names: these are what is proved",
    };
  if (names.length > MOST_NAMES)
    yield {
      path,
      value: names.length,
      message: `must be for at most ${MOST_NAMES} names; take one more certificate`,
    };
  for (const { site, index } of sites)
    for (const [position, name] of items(site.names).entries()) {
      const message = wrongName(name);
      if (message) yield { path: ["nginx", "sites", index, "names", position], value: name, message };
    }
  for (const { route, path: at, site } of routesOf(nginx))
    if (sites.some((one) => one.site === site) && String(route.path).startsWith(CHALLENGES_PATH))
      yield { path: [...at, "path"], value: route.path, message: "is where challenges of ACME are answered" };
}

function wrongName(name: unknown): string | undefined {
  if (typeof name !== "string") return undefined;
  if (name.startsWith("*."))
    return "cannot be proved by HTTP-01: a wildcard needs DNS-01; take a certificate from secret or files";
  return name.includes(".") ? undefined : "cannot be proved: no authority knows a name without a dot";
}
