import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { attempt } from "../../../lab/host/run";
import { nginxConf } from "../../../node/nginx/conf";
import { exampleCluster, exampleEdge } from "../../example";
import { exampleOther } from "../../example-other";
import { pythonWith } from "../../python";

let gixy = "";
let directory = "";
beforeAll(async () => {
  gixy = join(dirname(await pythonWith(join(__dirname, "requirements.txt"))), "gixy");
  directory = await mkdtemp(join(tmpdir(), "nginx-ha-gixy-"));
}, 300_000);
afterAll(() => rm(directory, { recursive: true, force: true }));

async function found(conf: string): Promise<string[]> {
  const file = join(directory, "nginx.conf");
  await writeFile(file, conf);
  const { stdout, stderr } = await attempt([gixy, "--format", "json", file]);
  const problems: { plugin: string; config: string; reason: string }[] = JSON.parse(stdout || `"${stderr}"`);
  return (
    problems
      // A variable of ours names pools of this file, never a host: nothing is to be resolved.
      .filter(({ plugin, config }) => plugin !== "missing_resolver" || !config.includes("$nginx_ha_pool_"))
      .map(({ plugin, reason }) => `${plugin}: ${reason}`)
  );
}

const nodes = ["192.0.2.11", "192.0.2.12"];

it.each([
  ["all that nginx can do", exampleEdge().nginx],
  ["the other choices", exampleOther().nginx],
  ["the article's shape", exampleCluster().nginx],
])("gixy finds nothing in what is rendered of %s", async (_what, nginx) => {
  expect(await found(nginxConf(nginx, nodes, "test"))).toEqual([]);
});

it("gixy finds a hole that somebody would make", async () => {
  const conf = nginxConf(exampleCluster().nginx, nodes, "test").replace(
    "server_tokens off;",
    "server_tokens on;",
  );
  expect((await found(conf)).join("\n")).toContain("version_disclosure");
});
