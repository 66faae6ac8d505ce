import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import { NginxPair } from "../../components/nginx-pair";
import type { Inventory } from "../../config/inventory";
import { exampleCluster, exampleEdge } from "../example";
import { type Registered, registered } from "./mocks";

const key = "-----BEGIN OPENSSH PRIVATE KEY-----\nlogin\n";

const pairOf = (cluster = exampleCluster()) =>
  new NginxPair("edge", { cluster, sshPrivateKey: pulumi.secret(key) });

const named = (resources: Registered[], name: string): Registered => {
  const found = resources.find((resource) => resource.name === name);
  if (!found) throw new Error(`no resource ${name}; there are ${resources.map((r) => r.name).join(", ")}`);
  return found;
};
const commands = (resources: Registered[]) => resources.filter((r) => r.type === "command:remote:Command");

describe.each([
  ["up", false],
  ["preview", true],
])("NginxPair in %s", (_mode, preview) => {
  it("registers the same steps", async () => {
    const resources = await registered(() => pairOf(), { preview });
    expect(resources.map((resource) => resource.name).sort()).toEqual([
      "edge",
      "edge-hosts-stay",
      "edge-nginx-a-activate",
      "edge-nginx-a-activate-if-standby",
      "edge-nginx-a-install",
      "edge-nginx-a-keys",
      "edge-nginx-a-preflight",
      "edge-nginx-a-publish",
      "edge-nginx-a-stage",
      "edge-nginx-b-activate",
      "edge-nginx-b-install",
      "edge-nginx-b-keys",
      "edge-nginx-b-preflight",
      "edge-nginx-b-publish",
      "edge-nginx-b-stage",
      "edge-sync-key",
    ]);
    for (const resource of resources.slice(1)) expect(resource.parent, resource.name).toBe("edge");
  });

  it("changes no node before both are looked at, and serves nothing before both have tested it", async () => {
    const resources = await registered(() => pairOf(), { preview });
    const dependenciesOf = (name: string) => named(resources, name).dependencies;
    for (const node of ["nginx-a", "nginx-b"]) {
      expect(dependenciesOf(`edge-${node}-install`)).toEqual(
        expect.arrayContaining(["edge-nginx-a-preflight", "edge-nginx-b-preflight"]),
      );
      expect(dependenciesOf(`edge-${node}-stage`)).toEqual(
        expect.arrayContaining(["edge-nginx-a-keys", "edge-nginx-b-keys"]),
      );
    }
    expect(dependenciesOf("edge-nginx-a-activate-if-standby")).toEqual(
      expect.arrayContaining(["edge-nginx-a-stage", "edge-nginx-b-stage"]),
    );
    expect(dependenciesOf("edge-nginx-b-activate")).toContain("edge-nginx-a-activate-if-standby");
    expect(dependenciesOf("edge-nginx-a-activate")).toContain("edge-nginx-b-activate");
  });
});

describe("NginxPair", () => {
  it("sends everything on stdin: the command is constant", async () => {
    const resources = await registered(() => pairOf());
    for (const command of commands(resources)) {
      expect(command.inputs.create, command.name).toMatch(/^timeout \d+ bash -s$/);
      expect(command.inputs.delete, command.name).toBeUndefined();
      expect(command.inputs.addPreviousOutputInEnv, command.name).toBe(false);
    }
  });

  it("uses sudo for a login that is not root", async () => {
    const cluster = exampleCluster((input) => {
      input.nodes[0].ssh.user = "admin";
    });
    const resources = await registered(() => pairOf(cluster));
    expect(named(resources, "edge-nginx-a-install").inputs.create).toBe("sudo -n timeout 600 bash -s");
    expect(named(resources, "edge-nginx-b-install").inputs.create).toBe("timeout 600 bash -s");
  });

  it("pins the host key and sets a machine up anew when its host key changes", async () => {
    const resources = await registered(() => pairOf());
    const { inputs, secrets } = named(resources, "edge-nginx-a-stage");
    expect(inputs.connection).toMatchObject({ host: "192.0.2.11", user: "root", privateKey: key });
    expect(inputs.connection.hostKey).toBe(exampleCluster().nodes[0]?.ssh.hostKey);
    expect(secrets).toContain("connection");
    const [before] = inputs.triggers;
    expect(before).toMatch(/^SHA256:[A-Za-z0-9+/]{43}$/);
    const replaced = exampleCluster((input) => {
      input.nodes[0].ssh.hostKey = input.nodes[0].ssh.hostKey.replace("IPW0", "IPX0");
    });
    const again = await registered(() => pairOf(replaced));
    expect(named(again, "edge-nginx-a-stage").inputs.triggers).not.toEqual([before]);
    expect(named(again, "edge-nginx-b-stage").inputs.triggers).toEqual(
      named(resources, "edge-nginx-b-stage").inputs.triggers,
    );
  });

  it("makes the synchronisation key once, secret and not logged, and hands it over as a secret", async () => {
    const resources = await registered(() => pairOf());
    const made = named(resources, "edge-sync-key");
    expect(made.inputs).toMatchObject({ logging: "none", addPreviousOutputInEnv: false });
    expect(made.inputs.triggers).toBeUndefined();
    expect(made.additionalSecretOutputs).toEqual(expect.arrayContaining(["stdout", "stderr"]));
    const keys = named(resources, "edge-nginx-a-keys");
    expect(keys.secrets).toContain("stdin");
    expect(keys.inputs.stdin).toContain(Buffer.from("PRIVATE HALF\n").toString("base64"));
    expect(keys.inputs.stdin).toContain("SYNC_PUBLIC_KEY='ssh-ed25519 AAAA nginx-ha'");
  });

  it("places certificates after the installation and before the release is tested, as secrets", async () => {
    const cluster = exampleEdge((input) => {
      input.nginx.certificates[0].from = "selfSigned";
    });
    const secrets = pulumi.secret({ certificates: {}, passwords: { operators: "ann:$2y$hash" } });
    const resources = await registered(
      () => void new NginxPair("edge", { cluster, sshPrivateKey: pulumi.secret(key), secrets }),
    );
    for (const node of ["nginx-a", "nginx-b"]) {
      const step = named(resources, `edge-${node}-certificates`);
      expect(step.secrets).toContain("stdin");
      expect(step.inputs.create).toBe("timeout 60 bash -s");
      expect(step.inputs.stdin).toContain(
        `PASSWORDS operators ${Buffer.from("ann:$2y$hash\n").toString("base64")}`,
      );
      expect(step.inputs.stdin).toMatch(/^CERTIFICATE main \S+ \S+$/m);
      expect(step.inputs.stdin).toMatch(
        /^FILES local \/etc\/ssl\/local\/fullchain\.pem \/etc\/ssl\/local\/privkey\.pem$/m,
      );
      expect(step.dependencies).toContain(`edge-${node}-keys`);
      const [, hash] = /^SECRETS='([0-9a-f]{64})'$/m.exec(step.inputs.stdin) ?? [];
      const publish = named(resources, `edge-${node}-publish`);
      expect(publish.inputs.stdin).toContain(`SECRETS='${hash}'`);
      expect(publish.secrets, "a hash of keys is nobody's, either").toContain("stdin");
      expect(named(resources, `edge-${node}-stage`).dependencies).toEqual(
        expect.arrayContaining(["edge-nginx-a-certificates", "edge-nginx-b-certificates"]),
      );
    }
    expect(named(resources, "edge-certificate-main")).toMatchObject({
      inputs: { logging: "none", addPreviousOutputInEnv: false },
      additionalSecretOutputs: expect.arrayContaining(["stdout"]),
    });
    expect(named(resources, "edge-certificate-main").inputs.create).toContain(
      "subjectAltName=DNS:www.example.org,DNS:*.apps.example.org",
    );
  });

  it("tells vip, url and nodes", async () => {
    const cluster = exampleCluster((input) => {
      input.nginx.port = 8080;
    });
    let pair: NginxPair | undefined;
    await registered(() => {
      pair = pairOf(cluster);
    });
    const told = await new Promise((resolve) =>
      pulumi.all([pair?.vip, pair?.url, pair?.nodes]).apply(resolve),
    );
    expect(told).toEqual([
      "192.0.2.100",
      "http://192.0.2.100:8080/",
      [
        { name: "nginx-a", address: "192.0.2.11", zone: "rack-1" },
        { name: "nginx-b", address: "192.0.2.12", zone: "rack-2" },
      ],
    ]);
  });

  it("tells the operator how to reach the nodes, in secret", async () => {
    let pair: NginxPair | undefined;
    await registered(() => {
      pair = pairOf();
    });
    const hostKey = exampleCluster().nodes[0]?.ssh.hostKey.split(" ").slice(0, 2).join(" ");
    const told = await new Promise<Inventory>((resolve) => pair?.inventory.apply(resolve));
    expect(told).toMatchObject({ name: "edge", vip: "192.0.2.100", port: 80, production: false });
    expect(told.nodes.map(({ name, zone }) => [name, zone])).toEqual(
      exampleCluster().nodes.map(({ name, zone }) => [name, zone]),
    );
    expect(told.nodes[0]?.ssh).toEqual({
      host: "192.0.2.11",
      port: 22,
      user: "root",
      hostKey,
      privateKey: key,
    });
    expect(await pulumi.isSecret(pair?.inventory as pulumi.Output<Inventory>)).toBe(true);
  });

  it("says at destroy that the hosts go on serving, without a connection to them", async () => {
    const { inputs, type } = named(await registered(() => pairOf()), "edge-hosts-stay");
    expect(type).toBe("command:local:Command");
    expect(inputs.delete).toContain("nginx-a and nginx-b still serve 192.0.2.100");
  });
});
