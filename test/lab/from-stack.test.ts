import { expect, it } from "vitest";
import { onLab } from "../../lab/aws/from-stack";

it("takes a stack's configuration as it is, but for what names things of another account", () => {
  const file = {
    config: {
      "aws:region": "eu-west-1",
      "nginx-ha:shared": "config/shared/edge.yaml",
      "nginx-ha:cluster": {
        production: true,
        access: { sshFrom: ["198.51.100.0/24"], httpFrom: ["192.0.2.0/24"] },
        dns: { zoneId: "Z1", name: "www.example.org" },
      },
      "nginx-ha:sshProxyPrivateKey": { secure: "v1:abc" },
    },
  };
  const instead = { region: "lab-2", sshFrom: "10.0.0.1/32", zoneId: "ZLAB" };
  expect(onLab(file, instead)).toEqual({
    config: {
      "aws:region": "lab-2",
      "nginx-ha:shared": "config/shared/edge.yaml",
      "nginx-ha:cluster": {
        production: true,
        access: { sshFrom: ["10.0.0.1/32"], httpFrom: ["0.0.0.0/0"] },
        dns: { zoneId: "ZLAB", name: "www.example.org" },
      },
    },
    changed: [
      "aws:region is lab-2 instead of eu-west-1",
      "nginx-ha:cluster.access lets the lab's own host log in, and everybody use the VIP",
      "nginx-ha:cluster.dns.zoneId is a zone of the lab",
      "nginx-ha:sshProxyPrivateKey is left out",
    ],
  });
});

it("puts its zone on top of a name that is shared", () => {
  const file = { config: { "nginx-ha:shared": ["config/shared/production.yaml"], "nginx-ha:cluster": {} } };
  const { config } = onLab(file, { region: "lab-1", sshFrom: "10.0.0.1/32", zoneId: "ZLAB" });
  expect(config).toMatchObject({ "nginx-ha:cluster": { dns: { zoneId: "ZLAB" } } });
});

it("makes certificates of its own where the stack's are encrypted", () => {
  const certificates = [{ name: "main" }, { name: "local", from: "files" }];
  const main = { certificate: { secure: "v1:abc" }, key: { secure: "v1:def" } };
  const file = {
    config: { "nginx-ha:cluster": { nginx: { port: 80, certificates } }, "nginx-ha:certificates": { main } },
  };
  const { config, changed } = onLab(file, { region: "lab-1", sshFrom: "10.0.0.1/32" });
  expect(config).not.toHaveProperty("nginx-ha:certificates");
  expect(config).toHaveProperty("nginx-ha:cluster.nginx", {
    port: 80,
    certificates: [
      { name: "main", from: "selfSigned" },
      { name: "local", from: "files" },
    ],
  });
  expect(changed).toContain("nginx-ha:certificates is left out");
});
