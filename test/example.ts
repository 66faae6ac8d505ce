import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import type { Cluster } from "../config/cluster";
import { parseCluster } from "../config/parse";

/** What `Pulumi.example.yaml` says under `nginx-ha:cluster`, fresh for each call so that a test may change it. */
// biome-ignore lint/suspicious/noExplicitAny: tests break it on purpose
export function exampleInput(): any {
  const text = readFileSync(join(__dirname, "../Pulumi.example.yaml"), "utf8");
  return parse(text).config["nginx-ha:cluster"];
}

/** The example as the program sees it, defaults applied. */
export function exampleCluster(change: (input: ReturnType<typeof exampleInput>) => void = () => {}): Cluster {
  const input = exampleInput();
  change(input);
  const parsed = parseCluster(input);
  if ("problems" in parsed) throw new Error(parsed.problems.join("\n"));
  return parsed.cluster;
}
