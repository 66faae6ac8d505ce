import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { withShared } from "../../config/shared";

const project = mkdtempSync(join(tmpdir(), "nginx-ha-shared-"));
const file = (text: string): string => {
  writeFileSync(join(project, "edge.yaml"), text);
  return "edge.yaml";
};

it("puts what the stack says on top: objects are merged, a list replaces the shared one", () => {
  const shared = file("platform: aws\nvip: {mode: elasticIp, protect: true}\nnodes: [{name: one}]\n");
  const own = { vip: { protect: false }, nodes: [{ name: "two" }], name: "edge" };
  expect(withShared(own, shared, project)).toEqual({
    cluster: {
      platform: "aws",
      vip: { mode: "elasticIp", protect: false },
      nodes: [{ name: "two" }],
      name: "edge",
    },
  });
  expect(withShared(undefined, shared, project)).toHaveProperty("cluster.platform", "aws");
  expect(withShared(own, "", project)).toEqual({ cluster: own });
});

it("says which file is missing, no YAML, or no object", () => {
  const problem = (path: string) => (withShared({}, path, project) as { problem: string }).problem;
  expect(problem("none.yaml")).toMatch(/^nginx-ha:shared: must be a YAML file .*"none.yaml": ENOENT/);
  expect(problem(file("a: [1\n"))).toMatch(/^nginx-ha:shared: must be a YAML file .*"edge.yaml": /);
  expect(problem(file("- 1\n"))).toBe('nginx-ha:shared: must hold keys of nginx-ha:cluster (is "edge.yaml")');
});
