import { z } from "zod";
import { run } from "../../host/run";
import { isCable } from "./names";
import { at, type RoutingState } from "./routes";

/** What was found in the router's namespace. */
export interface RouterState {
  routing: RoutingState;
  cables: Cable[];
}

/** The router's end of a machine's cable. */
export interface Cable {
  name: string;
  /** What it was plugged into; another value means that it must be plugged anew. */
  label: string;
}

/** Looks at the router, in one process. */
export async function readRouter(namespace: string): Promise<RouterState> {
  const argv = ["ip", "-4", "-netns", namespace, "-json", "-details", "-batch", "-"];
  const answers = await run(argv, { stdin: QUESTIONS.join("\n"), timeoutMs: 15_000 });
  const [rules, routes, addresses, links] = answers
    .split("\n")
    .filter((line) => line.startsWith("["))
    .map((line) => JSON.parse(line) as unknown);
  return {
    routing: {
      rules: z.array(ruleSchema).parse(rules).filter(isOurs).map(ruleText),
      routes: z.array(routeSchema).parse(routes).flatMap(toRoute),
      addresses: z.array(addressSchema).parse(addresses).flatMap(addressesOf),
    },
    cables: z
      .array(linkSchema)
      .parse(links)
      .map(toCable)
      .filter(({ name }) => isCable(name)),
  };
}

/** Links last: `ip` keeps their filter for what it is asked after that. */
const QUESTIONS = ["rule show", "route show table all", "addr show dev lo", "link show type veth", ""];

const ruleSchema = z.object({
  priority: z.number(),
  table: z.string(),
  fwmark: z.string().optional(),
  iif: z.string().optional(),
});

const routeSchema = z.object({
  type: z.string().default("unicast"),
  dst: z.string(),
  gateway: z.string().optional(),
  dev: z.string().optional(),
  table: z.string().default("main"),
});

const linkSchema = z.object({ ifname: z.string(), ifalias: z.string().default("") });

const addressSchema = z.object({
  addr_info: z.array(z.object({ local: z.string(), scope: z.string() })).default([]),
});

type KernelRule = z.infer<typeof ruleSchema>;

/** The kernel's own rules have priority 0 and more than 32,000. */
function isOurs({ priority }: KernelRule): boolean {
  return priority > 0 && priority < 32_000;
}

function ruleText({ priority, table, fwmark, iif }: KernelRule): string {
  const selector = [iif ? `iif ${iif} ` : "", fwmark ? `fwmark ${Number(fwmark)} ` : ""].join("");
  return `priority ${priority} ${selector}lookup ${table}`;
}

/** Only the numbered tables are ours. */
function toRoute(route: z.infer<typeof routeSchema>) {
  if (!/^\d+$/.test(route.table)) return [];
  const destination = route.dst === "default" ? "0.0.0.0/0" : route.dst;
  const way = route.type === "unicast" ? `unicast via ${route.gateway} dev ${route.dev}` : route.type;
  return [{ where: at(destination, Number(route.table)), how: way }];
}

function toCable(link: z.infer<typeof linkSchema>): Cable {
  return { name: link.ifname, label: link.ifalias };
}

function addressesOf(row: z.infer<typeof addressSchema>): string[] {
  return row.addr_info.filter(({ scope }) => scope === "global").map(({ local }) => local);
}
