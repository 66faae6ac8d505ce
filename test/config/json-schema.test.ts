import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { parse } from "yaml";
import { stackJsonSchema } from "../../config/json-schema";

const root = join(__dirname, "../..");
const stored = JSON.parse(readFileSync(join(root, "config/stack.schema.json"), "utf8"));

it("config/stack.schema.json is what the zod schema says (npm run schema)", () => {
  expect(stored).toEqual(JSON.parse(JSON.stringify(stackJsonSchema())));
});

/** What nginx serves is the same on both platforms, and is explained once. */
const hostsExample = readFileSync(join(root, "Pulumi.example.yaml"), "utf8");
const nginxKeys = [
  ...commented(hostsExample),
  ...used(parse(hostsExample).config["nginx-ha:cluster"]).filter((key) => key.startsWith("nginx.")),
];

/** Routes have the same keys with and without a site. */
const once = (key: string): string => key.replace(/^nginx\.routes\./, "nginx.sites.routes.");
/** What a site says for all of its routes is explained there. */
const ofSite = (key: string): string => key.replace(/^nginx\.sites\.routes\./, "nginx.sites.");

it.each([
  ["hosts", "Pulumi.example.yaml"],
  ["aws", "Pulumi.example-aws.yaml"],
])("on platform %s, %s shows every key that the schema has", (platform, file) => {
  const text = readFileSync(join(root, file), "utf8");
  const branches: Schema[] = stored.properties.config.else.properties["nginx-ha:cluster"].oneOf;
  const branch = branches.find(({ properties }) => properties?.platform?.const === platform);
  const shown = new Set([...used(parse(text).config["nginx-ha:cluster"]), ...commented(text), ...nginxKeys]);
  const explained = [...new Set([...shown].map(once))];
  const missing = keys(branch ?? {}).filter((key) => {
    const path = once(key);
    return !explained.includes(path) && !(path !== ofSite(path) && explained.includes(ofSite(path)));
  });
  expect(missing).toEqual([]);
  expect(keys(branch ?? {})).toEqual(
    expect.arrayContaining(
      used(parse(text).config["nginx-ha:cluster"]).filter((key) => !key.startsWith("tags.")),
    ),
  );
});

it("Pulumi.yaml declares the stack's keys", () => {
  const project = parse(readFileSync(join(root, "Pulumi.yaml"), "utf8"));
  const declared = Object.keys(project.config).map((key) => `nginx-ha:${key}`);
  expect(declared).toEqual(Object.keys(stored.properties.config.properties));
  // Optional ones: Pulumi asks for a value of every key that has no default.
  expect(project.config.sshPrivateKey.default).toBe("");
  expect(project.config.sshProxyPrivateKey.default).toBe("");
  expect(project.config.certificates.default).toEqual({});
  expect(project.config.passwords.default).toEqual({});
});

interface Schema {
  properties?: Record<string, Schema>;
  items?: Schema;
  const?: string;
  oneOf?: Schema[];
  anyOf?: Schema[];
}

/**
 * The dotted paths, from the cluster on, of keys that an example shows as comments. Such a key stands beside the keys of
 * its comment's own column, or under a key of the same comment that has nothing after it.
 */
function commented(text: string): string[] {
  const around: { column: number; key: string }[] = [];
  let above: { column: number; key: string } | undefined;
  return text.split("\n").flatMap((line) => {
    const [, indent = "", hash, key = "", rest] =
      /^((?: |- )*)(?:#( +))?([\w:-]*\w):(?: (.*))?$/.exec(line) ?? [];
    if (!/^ *#/.test(line)) above = undefined;
    if (key === "") return [];
    const parents = around.filter(({ column }) => column < indent.length).map(({ key }) => key);
    if (hash === undefined) {
      while ((around.at(-1)?.column ?? -1) >= indent.length) around.pop();
      around.push({ column: indent.length, key });
      return [];
    }
    const column = indent.length;
    if (hash.length === 1) above = rest === undefined ? { column, key } : undefined;
    const inside = hash.length > 1 && above?.column === column ? [above.key] : [];
    const path = [...parents, ...inside, key].join(".");
    return [path.replace(/^config\.nginx-ha:cluster\./, "")];
  });
}

it("a comment shows a key where it stands, and nowhere else", () => {
  const text = `config:
  nginx-ha:cluster:
    # Prose: of somebody who explains.
    vip:
      # default: none
      mode: arp
    nodes:
      - name: a
        # zone: rack
      # spread:
      #   by: latency
    #   cidr: x
`;
  expect(commented(text)).toEqual([
    "Prose",
    "vip.default",
    "nodes.zone",
    "nodes.spread",
    "nodes.spread.by",
    "cidr",
  ]);
});

/** The dotted paths of all keys in a JSON schema; a list's items count as the list's keys. */
function keys(schema: Schema, path = ""): string[] {
  const alternatives = (schema.oneOf ?? schema.anyOf ?? []).flatMap((one) => keys(one, path));
  if (alternatives.length > 0) return [...new Set(alternatives)].sort();
  const inside = Object.entries(schema.properties ?? schema.items?.properties ?? {});
  return inside.flatMap(([key, value]) => [`${path}${key}`, ...keys(value, `${path}${key}.`)]).sort();
}

function used(value: unknown, path = ""): string[] {
  const items = Array.isArray(value) ? value : [value];
  const all = items
    .filter((item) => item !== null && typeof item === "object")
    .flatMap((item) =>
      Object.entries(item).flatMap(([key, inner]) => [`${path}${key}`, ...used(inner, `${path}${key}.`)]),
    );
  return [...new Set(all)].sort();
}
