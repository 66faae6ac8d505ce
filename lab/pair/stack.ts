import { existsSync } from "node:fs";
import { copyFile, readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseDocument } from "yaml";
import { writeAtomically } from "../host/files";
import { hostPublicKey, loginKey } from "../machines/keys";
import { type LabPlan, machineNamed } from "../state/plan";
import type { Pulumi } from "./engine";
import { nodeNames } from "./machines";

export const stackName = "lab-hosts";

/** The stack's configuration file; it may be edited like any other: a later start changes the host keys only. */
export const stackFile = (plan: LabPlan): string => join(plan.directory, `Pulumi.${stackName}.yaml`);

/** Writes the configuration of `lab-hosts` as somebody would who got these machines, and makes the stack. */
export async function prepareStack(plan: LabPlan, clone: string, pulumi: Pulumi): Promise<void> {
  const file = stackFile(plan);
  const isNew = !existsSync(file);
  const text = isNew ? initial(plan) : await readFile(file, "utf8");
  await writeAtomically(file, await withHostKeys(plan, text));
  if (!isNew) return;
  await copyFile(join(clone, "Pulumi.yaml"), join(plan.directory, "Pulumi.yaml"));
  await pulumi.quietly(["-C", plan.directory, "stack", "init", stackName]);
  await pulumi.quietly(
    ["-C", plan.directory, "config", "set", "--secret", "sshPrivateKey", "-s", stackName],
    {
      stdin: await readFile(loginKey(plan), "utf8"),
    },
  );
}

function initial(plan: LabPlan): string {
  const address = (name: string): string => machineNamed(plan, name).address;
  return `# The lab's stack. Edit it, then: npm run pulumi -- up
config:
  nginx-ha:cluster:
    name: edge
    platform: hosts
    nodes:
      - name: nginx-a
        zone: rack-1
        address: ${address("nginx-a")}
        ssh: {}
      - name: nginx-b
        zone: rack-2
        address: ${address("nginx-b")}
        ssh: {}
    vip:
      address: ${plan.subnet.vip}/${plan.subnet.prefixLength}
    nginx:
      pools:
        - name: backend_pool
          servers:
            - address: ${address("backend-1")}
            - address: ${address("backend-2")}
      routes:
        - path: /
          pool: backend_pool
`;
}

async function withHostKeys(plan: LabPlan, text: string): Promise<string> {
  const document = parseDocument(text);
  for (const [index, name] of nodeNames.entries()) {
    const path = ["config", "nginx-ha:cluster", "nodes", index, "ssh", "hostKey"];
    document.setIn(path, await hostPublicKey(plan, name));
  }
  return document.toString({ lineWidth: 0 });
}
