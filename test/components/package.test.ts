import { readFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { run } from "../../lab/host/run";
import { installedOutside, type Outside } from "./outside";

const program = `import * as pulumi from "@pulumi/pulumi";
import { AwsNginxPair, NginxPair, parseCluster, tokensOnly } from "nginx-ha";

export const rule: pulumi.ResourceTransformation = tokensOnly;
const pair = new AwsNginxPair("shop", {
  sshFrom: ["192.0.2.0/24"],
  pools: [{ name: "shop", servers: [{ address: "10.20.0.21", port: 8080 }] }],
});
export const url: pulumi.Output<string> = pair.url;

const parsed = parseCluster({
  platform: "aws",
  access: { sshFrom: ["192.0.2.0/24"] },
  nginx: { pools: [{ name: "p", instances: { count: 1 } }], routes: [{ path: "/", pool: "p" }] },
});
if ("problems" in parsed) throw new Error(parsed.problems.join());
export const nodes = new NginxPair("edge", parsed).nodes;
`;

const underMocks = `import * as pulumi from "@pulumi/pulumi";
import { answers } from "./answers";

const made: string[] = [];
async function main() {
  await pulumi.runtime.setMocks({
    newResource: ({ type, name, inputs }) => {
      made.push(type + " " + name);
      const stdout = name.endsWith("-key") ? "ssh-ed25519 AAAA nginx-ha\\nPRIVATE HALF\\n" : "";
      const state = { ...inputs, stdout, stderr: "", arn: "arn:aws:test:::" + name, name, privateIp: "10.77.0.10" };
      const privateIps = ["10.77.0.10", "10.77.0.11"];
      return { id: name + "-id", state: { ...state, privateIps, publicIp: "203.0.113.10", allocationId: name } };
    },
    call: ({ token, inputs }) => answers(token, inputs),
  });
  const { url, nodes } = require("./index");
  await pulumi.runtime.disconnect();
  pulumi.all([url, nodes]).apply(([at, both]) => console.log(JSON.stringify({ at, both: both.length, made })));
}
main();
`;

describe("the package, installed into an empty project", () => {
  let outside: Outside;
  beforeAll(async () => {
    outside = await installedOutside(program, {
      "under-mocks.ts": underMocks,
      "answers.ts": readFileSync(join(__dirname, "aws/answers.ts"), "utf8"),
    });
  }, 600_000);
  afterAll(() => outside?.remove());

  const tsc = (...more: string[]) =>
    run(["npm", "exec", "--", "tsc", ...more], { cwd: outside.directory, timeoutMs: 240_000 });

  it("holds what a program needs at run time, and nothing of the project beside it", async () => {
    const inside = await readdir(join(outside.directory, "node_modules/nginx-ha"));
    expect(inside.sort()).toEqual(["LICENSE", "README.md", "dist", "package.json"]);
    const dist = await readdir(join(outside.directory, "node_modules/nginx-ha/dist"));
    expect(dist.sort()).toEqual(["cli", "components", "config", "node"]);
  });

  it("brings the command line along", async () => {
    const help = await run(["npm", "exec", "--", "nginx-ha", "--help"], { cwd: outside.directory });
    expect(help).toContain("switchover");
  });

  it("has types for a program as pulumi new makes one, whose resolution knows no exports", async () => {
    const old = ["--module", "commonjs", "--moduleResolution", "node10", "--ignoreDeprecations", "6.0"];
    await tsc("--noEmit", ...old);
  }, 300_000);

  it("brings pairs up under mocks", async () => {
    await tsc("--outDir", "built");
    const printed = await run(["node", "built/under-mocks.js"], {
      cwd: outside.directory,
      timeoutMs: 120_000,
    });
    const { at, both, made } = JSON.parse(printed);
    expect(at).toBe("http://203.0.113.10/");
    expect(both).toBe(2);
    expect(made).toEqual(
      expect.arrayContaining([
        "nginx-ha:index:AwsNginxPair shop",
        "aws:ec2/instance:Instance shop-nginx-a",
        "aws:ec2/instance:Instance shop-nginx-b",
        "command:remote:Command shop-nginx-b-stage",
        "aws:ec2/instance:Instance edge-nginx-a",
      ]),
    );
  }, 400_000);
});
