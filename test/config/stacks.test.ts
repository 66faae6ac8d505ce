import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { parse } from "yaml";
import { parseCluster } from "../../config/parse";
import { resolveReferences } from "../../config/references";
import { withShared } from "../../config/shared";
import { stacksOf } from "../../tools/ci/stacks";

const root = join(__dirname, "../..");
const network: Record<string, unknown> = {
  vpcId: "vpc-0123456789abcdef0",
  subnetIds: ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"],
};

it.each(stacksOf(root))("the stack $name is without a problem, and nothing secret is in it", async ({
  name,
}) => {
  const text = readFileSync(join(root, `Pulumi.${name}.yaml`), "utf8");
  expect(text).not.toMatch(/PRIVATE KEY|sshPrivateKey|password/i);
  const { config } = parse(text);
  expect(config["aws:region"]).toMatch(/^[a-z]+-[a-z]+-\d$/);
  const merged = withShared(config["nginx-ha:cluster"], config["nginx-ha:shared"], root);
  expect(merged).toHaveProperty("cluster");
  const { cluster } = merged as { cluster: unknown };
  const resolved = await resolveReferences(cluster, config["nginx-ha:stacks"], async (_stack, output) => ({
    value: network[output],
  }));
  expect(resolved.problems).toEqual([]);
  const parsed = parseCluster(resolved.cluster);
  expect(parsed).toMatchObject({ cluster: { production: name.startsWith("prod") } });
});
