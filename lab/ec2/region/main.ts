import { bootId } from "../../host/boot-id";
import { readJson, writeAtomically } from "../../host/files";
import { identify } from "../../host/processes";
import { resolvers } from "../../machines/disk";
import { namespaces } from "../../network/ip";
import { certificateFor } from "../api/certificate";
import { runRegion } from "../api/region-runner";
import { serveApi } from "../api/server";
import { type Faults, heal, noFaults } from "../faults";
import { administrator } from "../iam/caller";
import { newRegion } from "../model/new-region";
import type { Region } from "../model/state";
import { vpcNames } from "../network/names";
import { createVpc } from "../network/router";
import { serveControl } from "./control";
import { serveDhcp } from "./dhcp";
import { CLIENT } from "./disk";
import { images } from "./images";
import { bindIn, listenIn } from "./listen";
import { cutPower, isOn, switchOn } from "./machine";
import { type Operator, operate } from "./operate";
import { apiAddress, apiNames, files, type RegionPlan, readPlan } from "./plan";
import { save } from "./save";

/** The account of the lab; nobody's on AWS, whose documentation uses it. */
const ACCOUNT = "123456789012";

/** The Region's process. Argument: the Region's folder, in which its plan lies. */
async function main(directory: string): Promise<void> {
  const plan = await readPlan(directory);
  if (!plan) throw new Error(`there is no Region's plan in ${directory}`);
  const runner = runRegion(await model(plan));
  const saving = save(runner, files(directory).model);
  const faults = noFaults();
  const lostZones = new Set<string>();
  const operator = operate({ plan, runner, faults, lostZones, nameServer: await nameServer() });

  const address = apiAddress(plan);
  // Machines get the authority on their disks, so it comes first.
  const certificate = await certificateFor(files(directory).certificates, [address, ...apiNames(plan)]);
  const { router, internet } = vpcNames(plan.id);
  if (!(await namespaces(router)).includes(router)) await createVpc(operator.network());
  serveDhcp(await bindIn(router, "0.0.0.0", 67), operator.network);
  await operator.follow();
  if (!(await isOn(plan, CLIENT))) await switchOn(plan, CLIENT);

  const { accessKeyId, secretAccessKey } = plan;
  const keys = [{ accessKeyId, secretAccessKey, caller: administrator(ACCOUNT) }];
  const listener = await listenIn(internet, address, 443);
  const endpoint = { runner, keys, faults, now: Date.now };
  await serveApi(endpoint, { host: address, port: 443, certificate, listener });
  await serveControl(files(directory).socket, commands(operator, faults, lostZones));

  process.once("SIGTERM", async () => {
    await operator.end();
    await cutPower(plan, CLIENT, []);
    await saving.finish();
    process.exit();
  });
  const own = identify(process.pid);
  await writeAtomically(files(directory).process, `${JSON.stringify({ ...own, bootId: bootId() })}\n`);
}

/** The model as it was when the process ended, or a new one. */
async function model(plan: RegionPlan): Promise<Region> {
  const saved = (await readJson(files(plan.directory).model)) as Region | undefined;
  if (saved) return saved;
  const { region: name, publicRange, seed, release } = plan;
  const zones = ["a", "b", "c"].map((letter, index) => ({
    name: `${name}${letter}`,
    id: `lab1-az${index + 1}`,
  }));
  return newRegion({ name, account: ACCOUNT, zones, publicRange, seed, images: images(release) });
}

function commands(operator: Operator, faults: Faults, lostZones: Set<string>) {
  return {
    status: () => ({ pid: process.pid }),
    /** Replaces all faults: those that are not given are undone. */
    faults(body: unknown) {
      const { lostZones: zones = [], ...rest } = body as Partial<Faults> & { lostZones?: string[] };
      heal(faults);
      Object.assign(faults, rest);
      lostZones.clear();
      for (const zone of zones) lostZones.add(zone);
      return operator.refresh();
    },
    cut: (body: unknown) => operator.cut((body as { instanceId: string }).instanceId),
    restore: (body: unknown) => operator.restore((body as { instanceId: string }).instanceId),
  };
}

/** What the VPC's name server asks. */
async function nameServer(): Promise<string | undefined> {
  return /^nameserver\s+(\d+\.\d+\.\d+\.\d+)$/m.exec(await resolvers())?.[1];
}

main(process.argv[2] ?? "").catch((error: Error) => {
  console.error(error.stack);
  process.exitCode = 1;
  process.exit();
});
