import { expect, it } from "vitest";
import { readFidelity } from "../../../../lab/providers/aws/fidelity";
import { functions } from "../../../../lab/providers/aws/functions";
import { kinds } from "../../../../lab/providers/aws/kinds";

const { resources, functions: known } = readFidelity();

it("docs/fidelity.md has every resource type and function that is made, and no other", () => {
  expect([...resources.keys()].sort()).toEqual(Object.keys(kinds).sort());
  expect([...known.keys()].sort()).toEqual(Object.keys(functions).sort());
});

it("says what the program depends on", () => {
  const rule = (type: string, property: string) => resources.get(type)?.get(property)?.rule;
  expect(rule("aws:ec2/instance:Instance", "instanceType")).toBe("stopped");
  expect(rule("aws:ec2/instance:Instance", "userData")).toBe("stopped");
  expect(rule("aws:ec2/instance:Instance", "ami")).toBe("replace");
  expect(rule("aws:ec2/networkInterface:NetworkInterface", "privateIps")).toBe("in place");
  expect(rule("aws:ec2/route:Route", "networkInterfaceId")).toBe("in place");
  expect(rule("aws:ec2/eip:Eip", "associationId")).toBe("computed");
  expect(resources.get("aws:iam/role:Role")?.get("name")?.default).toBe("auto-name");
  expect(resources.get("aws:ec2/subnet:Subnet")?.get("mapPublicIpOnLaunch")?.default).toBe(false);
});

it("refuses a table that it cannot read", () => {
  const text =
    "## Resources\n\n### `t`\n\n| property | change | default | source |\n|---|---|---|---|\n| `p` | sometimes |  |  |\n\n## Functions\n";
  expect(() => readFidelity(text)).toThrow("docs/fidelity.md: `p`: no such change: sometimes");
});
