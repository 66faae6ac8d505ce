import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { operatorOf } from "../../../../lab/aws/instances";
import type { AwsClient } from "../../../../lab/ec2/client";
import { control } from "../../../../lab/ec2/region/control";
import { findRegion, isRunning, startRegion, stopRegion } from "../../../../lab/ec2/region/lifecycle";
import { files, type RegionPlan } from "../../../../lab/ec2/region/plan";
import { exec } from "../../../../lab/machines/exec";
import type { Release } from "../../../../lab/machines/mirror";
import { traces } from "../../machines/traces";

const clone = resolve(__dirname, "../../../..");
const release = (process.env.NGINX_HA_RELEASE ?? "trixie") as Release;
const input = { name: "test-region", clone, region: "lab-2", release };

let plan: RegionPlan;
let aws: AwsClient;
beforeAll(async () => {
  await stopRegion(input);
  plan = await startRegion(input);
  aws = await operatorOf(plan);
});
afterAll(async () => {
  aws?.close();
  await stopRegion(input);
});

let instance: string;
const on = (script: string) => exec(plan, { name: instance }, ["sh", "-c", script], { timeoutMs: 60_000 });
const said = async (script: string): Promise<string> => (await on(script)).stdout.trim();

test("an instance boots from its user data, with DHCP and metadata of its own", async () => {
  const { vpcId } = (await aws.ec2("CreateVpc", { CidrBlock: "10.5.0.0/16" })).vpc;
  const at = { VpcId: vpcId, CidrBlock: "10.5.1.0/24", AvailabilityZone: "lab-2b" };
  const { subnetId } = (await aws.ec2("CreateSubnet", at)).subnet;
  const { imagesSet } = await aws.ec2("DescribeImages");
  const userData = `#cloud-config\n${JSON.stringify({ runcmd: ["echo made >/etc/made"] })}\n`;
  const launched = await aws.ec2("RunInstances", {
    ImageId: imagesSet[0].imageId,
    InstanceType: "t3.nano",
    MinCount: 1,
    MaxCount: 1,
    SubnetId: subnetId,
    MetadataOptions: { HttpTokens: "required" },
    UserData: Buffer.from(userData).toString("base64"),
  });
  instance = launched.instancesSet[0].instanceId;
  const { privateIpAddress } = launched.instancesSet[0];
  await expect
    .poll(async () => (await on("true").catch(() => ({ exitCode: 1 }))).exitCode, { timeout: 60_000 })
    .toBe(0);
  expect(await said("cloud-init status --wait | grep -o 'status: .*'")).toBe("status: done");
  expect(await said("cat /etc/made")).toBe("made");
  expect(await said("hostname")).toBe(`ip-${privateIpAddress.replaceAll(".", "-")}`);
  expect(await said("ip -4 -oneline address show dev ens5")).toContain(`${privateIpAddress}/24`);
  expect(await said("networkctl status ens5 | grep -c 'DHCPv4 via 10.5.1.1\\|(DHCPv4'")).not.toBe("0");
  expect(await said("getent passwd admin")).toContain("/bin/bash");
});

test("a second VPC is refused: the lab's network has room for one", async () => {
  await expect(aws.ec2("CreateVpc", { CidrBlock: "10.6.0.0/16" })).rejects.toThrow("VpcLimitExceeded");
});

test("stop and start keep the disk, a power cut and its return too", async () => {
  const state = async () =>
    (await aws.ec2("DescribeInstances", { InstanceId: [instance] })).reservationSet[0].instancesSet[0]
      .instanceState.name;
  await said("touch /kept");
  await aws.ec2("StopInstances", { InstanceId: [instance] });
  await expect.poll(state, { timeout: 60_000 }).toBe("stopped");
  await aws.ec2("StartInstances", { InstanceId: [instance] });
  await expect.poll(state, { timeout: 60_000 }).toBe("running");
  await expect.poll(() => said("ls /kept").catch(() => ""), { timeout: 60_000 }).toBe("/kept");
  await control(files(plan.directory).socket, "cut", { instanceId: instance });
  await expect(on("true")).rejects.toThrow("is off");
  expect(await state()).toBe("running");
  await control(files(plan.directory).socket, "restore", { instanceId: instance });
  await expect.poll(() => said("ls /kept").catch(() => ""), { timeout: 60_000 }).toBe("/kept");
});

test("a Region whose process was killed is restored; its machines never noticed", async () => {
  const boot = await said("stat -c %Y /proc/1");
  const { pid } = JSON.parse(await readFile(files(plan.directory).process, "utf8"));
  process.kill(pid, "SIGKILL");
  await expect.poll(() => isRunning(plan), { timeout: 15_000 }).toBe(false);
  expect(await startRegion(input)).toEqual(plan);
  expect(await said("stat -c %Y /proc/1")).toBe(boot);
  expect((await aws.ec2("DescribeInstances")).reservationSet).toHaveLength(1);
  const python = `python3 -c "import urllib.request as u; print(len(u.urlopen(u.Request('http://169.254.169.254/latest/api/token', method='PUT', headers={'x-aws-ec2-metadata-token-ttl-seconds': '60'}), timeout=3).read()))"`;
  await expect.poll(async () => Number(await said(python)), { timeout: 60_000 }).toBeGreaterThan(20);
});

test("stopping leaves nothing, and stopping again does no harm", async () => {
  await stopRegion(input);
  const [prefix = ""] = plan.publicRange.split(".0/");
  expect(await traces({ ...plan, subnet: { prefix } })).toEqual([]);
  await stopRegion(input);
  expect(await findRegion(input)).toBeUndefined();
});
