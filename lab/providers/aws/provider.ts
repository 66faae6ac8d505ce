import { readFileSync } from "node:fs";
import { type AwsClient, awsClient } from "../../ec2/client";
import type { Context, Provider } from "../provider";
import { typeOf } from "../urn";
import { unknown, type Values } from "../wire";
import { check } from "./check";
import { diff } from "./diff";
import { type Property, readFidelity } from "./fidelity";
import { functions } from "./functions";
import type { Kind, On } from "./kind";
import { kinds } from "./kinds";
import { keepSecrets, type Properties, plain } from "./plain";

/** Version of @pulumi/aws that this stands in for. */
const { version } = require("@pulumi/aws/package.json") as { version: string };

const ENVIRONMENT = [
  "AWS_ENDPOINT_URL",
  "AWS_CA_BUNDLE",
  "AWS_ACCESS_KEY_ID",
  "AWS_SECRET_ACCESS_KEY",
] as const;

/** The `aws` provider of the lab: it knows what docs/fidelity.md has, and serves only Regions called `lab-…`. */
export function awsProvider(environment: NodeJS.ProcessEnv = process.env): Provider {
  const fidelity = readFidelity();
  let on: Omit<On, "signal"> | undefined;

  const tableOf = (urn: string): Map<string, Property> => {
    const table = fidelity.resources.get(typeOf(urn));
    if (!table)
      throw new Error(
        `${typeOf(urn)} is not in docs/fidelity.md: this stand-in refuses what it does not know`,
      );
    return table;
  };
  const kindOf = (urn: string): Kind => {
    const kind = kinds[typeOf(urn)];
    if (!kind) throw new Error(`${typeOf(urn)} is in docs/fidelity.md, but nothing makes it`);
    return kind;
  };
  const use = ({ signal }: Pick<Context, "signal">): On => {
    if (!on) throw new Error("the provider is not configured");
    return { ...on, signal };
  };
  const outputs = async (urn: string, id: string, inputs: Values, used: On): Promise<Values | undefined> => {
    const found = await kindOf(urn).read(id, used, plain(inputs));
    return found && keepSecrets({ ...inputs, ...defined(found) } as Values, inputs);
  };

  return {
    name: "aws",
    version,
    checkConfig(news) {
      const region = plain(news).region ?? environment.AWS_REGION;
      const refused = typeof region === "string" && !region.startsWith("lab-");
      const reason = `the lab's stand-in for the aws provider serves only Regions called lab-…, and this is ${region}`;
      return { inputs: news, failures: refused ? [{ property: "region", reason }] : [] };
    },
    configure(config) {
      const region = plain(config).region ?? environment.AWS_REGION;
      on = { region, aws: connect(region, environment) };
    },
    check(urn, news, olds) {
      return check(urn, news, olds, tableOf(urn));
    },
    diff(urn, _olds, news, oldInputs) {
      return diff(oldInputs, news, tableOf(urn));
    },
    async create(inputs, context) {
      if (context.preview) return { id: "", outputs: previewed(inputs, tableOf(context.urn)) };
      const used = use(context);
      const id = await kindOf(context.urn).create(plain(inputs), used);
      const made = await outputs(context.urn, id, inputs, used);
      if (!made) throw new Error(`${id} was made and is gone already`);
      return { id, outputs: made };
    },
    async read(id, state, inputs, context) {
      const found = await outputs(context.urn, id, inputs, use(context));
      if (!found) return undefined;
      const given = Object.keys(inputs).filter((name) => name in found);
      const refreshed = Object.fromEntries(given.map((name) => [name, found[name]])) as Values;
      return { id, state: { ...state, ...found }, inputs: { ...inputs, ...refreshed } };
    },
    async update(id, olds, news, context) {
      if (context.preview) return { ...olds, ...news };
      const used = use(context);
      const changed = new Set(Object.keys(diff(onlyInputs(olds, news), news, tableOf(context.urn))));
      const { update } = kindOf(context.urn);
      if (!update) throw new Error(`${typeOf(context.urn)} cannot be changed in place`);
      await update(id, plain(news), changed, used, plain(olds));
      return (await outputs(context.urn, id, news, used)) ?? news;
    },
    async delete(id, state, context) {
      await kindOf(context.urn).remove(id, plain(state), use(context));
    },
    async invoke(token, args) {
      const known = fidelity.functions.get(token);
      const run = functions[token];
      const given = plain(args);
      const strange = Object.keys(given).find((name) => !known?.has(name));
      if (!known || !run || strange) {
        throw new Error(
          `${token}${strange ? `: ${strange}` : ""} is not in docs/fidelity.md: this stand-in refuses what it does not know`,
        );
      }
      return (await run(given, use({ signal: AbortSignal.timeout(60_000) }))) as Values;
    },
  };
}

function connect(region: string, environment: NodeJS.ProcessEnv): AwsClient {
  const missing = ENVIRONMENT.filter((name) => !environment[name]);
  if (missing.length > 0)
    throw new Error(`the lab's Region is found by ${missing.join(", ")}, which are not set`);
  const [endpoint = "", bundle = "", accessKeyId = "", secretAccessKey = ""] = ENVIRONMENT.map(
    (name) => environment[name],
  );
  return awsClient({
    endpoint,
    authority: readFileSync(bundle, "utf8"),
    region,
    accessKeyId,
    secretAccessKey,
  });
}

/** What a preview knows of a resource that is yet to be made. */
function previewed(inputs: Values, table: Map<string, Property>): Values {
  const computed = [...table].filter(([name, { rule }]) => rule === "computed" && !name.includes("."));
  // Inputs that the cloud fills in when they are not given.
  const filled = ["privateIps", "privateIpsCount", "subnetId", "keyName"].filter(
    (name) => table.has(name) && !(name in inputs),
  );
  return {
    ...Object.fromEntries([...computed.map(([name]) => name), ...filled].map((name) => [name, unknown])),
    ...inputs,
  };
}

/** Of a state, what the program had given: an output that it never gave is no change. */
const onlyInputs = (olds: Values, news: Values): Values =>
  Object.fromEntries(Object.entries(olds).filter(([name]) => name in news));

const defined = (values: Properties): Properties =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined && value !== null));
