import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { installedOutside, type Outside } from "../../components/outside";
import { startPlugin } from "../../components/plugin";
import { AwsSubject } from "./subject";

const europe = new AwsSubject("test-europe", { region: "lab-1", from: "prod-eu-west-1" });
const america = new AwsSubject("test-america", { region: "lab-2", from: "prod-us-east-1" });
const elsewhere = new AwsSubject("test-outside", { region: "lab-3" });

describe("two stacks of one program, side by side in two Regions", () => {
  beforeAll(async () => {
    await europe.start();
    await america.start();
  });
  afterAll(async () => {
    await europe.end();
    await america.end();
  });

  it("come up in VPCs that other stacks made, each with its own machines and address", async () => {
    await Promise.all([europe.mustUp(), america.mustUp()]);
    for (const pair of [europe, america]) {
      await pair.untilHealthy();
      await pair.untilAnswered();
    }
    const zones = async (pair: AwsSubject) => (await pair.status()).nodes.map(({ zone }) => zone);
    expect(await zones(europe)).toEqual(["lab-1a", "lab-1b"]);
    expect(await zones(america)).toEqual(["lab-2a", "lab-2b"]);
    const { instances } = await america.model();
    const types = Object.values(instances).map(({ type }) => type);
    expect(types.sort()).toEqual(["t3.medium", "t3.medium", "t3.micro", "t3.micro"]);
    const { vpcs } = await europe.model();
    expect(Object.values(vpcs).map(({ tags }) => tags.Name)).toEqual(["shared-vpc"]);
  });

  it("share a name, by latency and as long as they are healthy", async () => {
    const { hostedZones, healthChecks, addresses } = await europe.model();
    const records = Object.values(hostedZones).flatMap((zone) => zone.records);
    const [check] = Object.values(healthChecks);
    const vip = Object.values(addresses).find(({ publicIp }) => publicIp === europe.vip);
    expect(records.find(({ type }) => type === "A")).toMatchObject({
      name: "www.example.org.",
      values: [vip?.publicIp],
      spread: { region: "lab-1", healthCheckId: check?.id },
    });
    expect(check?.config).toMatchObject({ IPAddress: europe.vip, Port: "80", Type: "HTTP" });
  });

  it("refuse an Elastic IP that another stack has", async () => {
    const { addresses } = await europe.model();
    const allocation = Object.values(addresses).find(({ publicIp }) => publicIp === europe.vip)?.id;
    await europe.withConfig([[["vip"], { mode: "elasticIp", allocation }]], async () => {
      const { exitCode, text } = await europe.onAnotherStack("second", "preview");
      expect(exitCode).not.toBe(0);
      expect(text).toContain(
        "vip.allocation: is the VIP of the stack nginx-ha/lab-aws; take another address",
      );
    });
  });
});

const program = `import { AwsNginxPair } from "nginx-ha";

const pair = new AwsNginxPair("shop", {
  sshFrom: [String(process.env.SSH_FROM)],
  pools: [{ name: "shop", instances: 1, userData: "#cloud-config\\n" }],
  instanceType: "t3.micro",
});
export const { vip, url } = pair;
`;

describe("the package", () => {
  let outside: Outside;
  beforeAll(() => elsewhere.start());
  const stack = ["--stack", "shop"];
  const env = () => ({ SSH_FROM: `${elsewhere.plan.hostLink.host}/32` });
  const pulumi = async (...argv: string[]) => {
    const all = ["-C", outside.directory, ...argv, ...stack];
    const { exitCode, stdout, stderr } = await elsewhere.lab.pulumi.attempt(all, { env: env() });
    if (exitCode !== 0) throw new Error(`${argv.join(" ")}: ${stdout}\n${stderr}`);
    return stdout;
  };
  afterAll(async () => {
    await outside?.remove();
    await elsewhere.end();
  });

  it("brings a pair up from a program outside of the repository", async () => {
    outside = await installedOutside(program);
    await writeFile(
      join(outside.directory, "Pulumi.shop.yaml"),
      stringify({ config: { "aws:region": "lab-3" } }),
    );
    await pulumi("stack", "init");
    await pulumi("up", "--yes", "--skip-preview");
    const vip = (await pulumi("stack", "output", "vip")).trim();
    const { addresses, interfaces } = await elsewhere.model();
    const made = Object.values(addresses).find(({ publicIp }) => publicIp === vip);
    expect(made?.tags["nginx-ha:stack"]).toBe("outside/shop");
    const holder = interfaces[made?.association?.networkInterfaceId ?? ""];
    expect(holder?.tags.Name).toBe("shop-nginx-a");
  });

  it("makes the same for a program in another language, which starts the components' host", async () => {
    const plugin = await startPlugin(elsewhere.lab.pulumi.env);
    const preview = async (args: string) => {
      await writeFile(join(outside.directory, "index.ts"), remote(args));
      const argv = ["-C", outside.directory, "preview", "--diff", ...stack];
      const { exitCode, stdout, stderr } = await elsewhere.lab.pulumi.attempt(argv, {
        env: { PULUMI_DEBUG_PROVIDERS: `nginx-ha:${plugin.port}` },
      });
      return { exitCode, text: `${stdout}${stderr}` };
    };
    try {
      const { exitCode, text } = await preview("");
      expect(text).toContain("nginx-ha:index:AwsNginxPair: (create)");
      expect(text).toContain("aws:ec2/instance:Instance");
      expect(exitCode).toBe(0);
      const wrong = await preview('instanceType: "t9.huge",');
      expect(wrong.text).toContain("must be an instance type that the Region offers, and is t9.huge");
      expect(wrong.exitCode).not.toBe(0);
    } finally {
      await plugin.end();
    }
  });
});

/** What an SDK that Pulumi generates for a language does with a component of a plugin. */
const remote = (more: string): string => `import * as pulumi from "@pulumi/pulumi";

class AwsNginxPair extends pulumi.ComponentResource {
  constructor(name: string, args: object) {
    super("nginx-ha:index:AwsNginxPair", name, { ...args, vip: undefined, url: undefined }, {}, true);
  }
}
new AwsNginxPair("other", { ${more} sshFrom: ["192.0.2.0/24"], pools: [{ name: "shop", instances: 1 }] });
`;
