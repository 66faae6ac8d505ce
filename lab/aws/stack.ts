import { existsSync, readFileSync } from "node:fs";
import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import { images } from "../ec2/region/images";
import type { RegionPlan } from "../ec2/region/plan";
import { writeAtomically } from "../host/files";
import type { Report } from "../host/report";
import type { Pulumi } from "../pair/engine";
import { writeFrom } from "./from-stack";

export const stackName = "lab-aws";

/** The stack's configuration file; it may be edited like any other. */
export const stackFile = (plan: RegionPlan): string => join(plan.directory, `Pulumi.${stackName}.yaml`);

/**
 * Writes the configuration of `lab-aws` as somebody would who starts with nothing, or as another stack of the project
 * has it, and makes the stack.
 */
export async function prepareStack(
  plan: RegionPlan,
  clone: string,
  pulumi: Pulumi,
  from: { stack?: string; report: Report },
): Promise<void> {
  const file = stackFile(plan);
  const isNew = !existsSync(file);
  if (from.stack !== undefined) await writeFrom(from.stack, file, { plan, clone, pulumi }, from.report);
  if (!isNew) return;
  if (from.stack === undefined)
    await writeAtomically(
      file,
      `# The lab's stack. Edit it, then: npm run pulumi -- up\n${stringify(initial(plan))}`,
    );
  await copyFile(join(clone, "Pulumi.yaml"), join(plan.directory, "Pulumi.yaml"));
  await pulumi.quietly(["-C", plan.directory, "stack", "init", stackName]);
}

/** Where `pulumi up` comes from is the host's end of the uplink. Debian 13 is found without being named. */
const initial = (plan: RegionPlan): object => {
  const image = plan.release === "trixie" ? {} : { image: images(plan.release)[0]?.id };
  const backends = { count: 2, ...image, userData: backendUserData(80) };
  return {
    config: {
      "aws:region": plan.region,
      "nginx-ha:cluster": {
        name: "edge",
        platform: "aws",
        access: { sshFrom: [`${plan.hostLink.host}/32`] },
        ...(plan.release !== "trixie" && { instances: image }),
        nginx: {
          pools: [{ name: "backend_pool", instances: backends }],
          routes: [{ path: "/", pool: "backend_pool" }],
        },
      },
    },
  };
};

/** Backends reach nothing outside, so what they run comes along: Python is on Debian's image. */
const backendUserData = (port: number): string =>
  `#cloud-config\n${stringify({
    write_files: [
      { path: "/opt/backend.py", content: readFileSync(join(__dirname, "backend.py"), "utf8") },
      {
        path: "/etc/systemd/system/backend.service",
        content: `[Service]\nExecStart=/usr/bin/python3 /opt/backend.py ${port}\nRestart=always\n\n[Install]\nWantedBy=multi-user.target\n`,
      },
    ],
    runcmd: ["systemctl enable --now backend.service"],
  })}`;
