import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { sharedValue, withShared } from "../../config/shared";

const project = mkdtempSync(join(tmpdir(), "nginx-ha-shared-"));
const file = (text: string, name = "edge.yaml"): string => {
  writeFileSync(join(project, name), text);
  return name;
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

it("puts a later file on top of an earlier one", () => {
  const shared = [
    file("platform: aws\nvip: {mode: elasticIp, protect: true}\n"),
    file("vip: {protect: false}\nname: shop\n", "shop.yaml"),
  ];
  expect(withShared({ name: "own" }, shared, project)).toEqual({
    cluster: { platform: "aws", vip: { mode: "elasticIp", protect: false }, name: "own" },
  });
  expect(sharedValue(JSON.stringify(shared))).toEqual(shared);
  expect(sharedValue("edge.yaml")).toBe("edge.yaml");
  expect(sharedValue("[edge].yaml")).toBe("[edge].yaml");
});

it.each([
  [[]],
  [[1]],
  [["edge.yaml", ""]],
  [{ file: "edge.yaml" }],
  [true],
])("refuses %j in their place", (shared) => {
  expect(withShared({}, shared, project)).toEqual({
    problem: "nginx-ha:shared: must be a file of the project, or a list of such files",
  });
});

it("says which file is missing, no YAML, or no object", () => {
  const problem = (path: string) => (withShared({}, path, project) as { problem: string }).problem;
  expect(problem("none.yaml")).toMatch(/^nginx-ha:shared: must be a YAML file .*"none.yaml": ENOENT/);
  expect(problem(file("a: [1\n"))).toMatch(/^nginx-ha:shared: must be a YAML file .*"edge.yaml": /);
  expect(problem(file("- 1\n"))).toBe('nginx-ha:shared: must hold keys of nginx-ha:cluster (is "edge.yaml")');
  const list = [file("name: edge\n"), "none.yaml"] as unknown as string;
  expect(problem(list)).toMatch(/^nginx-ha:shared: must be a YAML file .*"none.yaml": ENOENT/);
});
