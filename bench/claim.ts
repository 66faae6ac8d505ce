import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { vipClaim } from "../agent/vip";
import { newWorker, type Told } from "../agent/worker";
import { run } from "../lab/host/run";
import { waitFor } from "../lab/host/wait";
import type { Claim } from "../node/claim";
import { type Name, region } from "../test/agent/region";
import { OPERATOR } from "../test/lab/ec2/api/endpoint";
import { pythonWith } from "../test/python";
import { runBench } from "./run";

/**
 * What the agent adds to the API's own time: from keepalived's event to the verified address, beside a hook that starts
 * boto3 for it, against the same Region in one run. The API, its TLS and the client share this machine.
 */
async function main(): Promise<void> {
  const second = { a: "10.0.1.12", b: "10.0.2.12" };
  const claimOf = ({ allocation, enis }: Parameters<Parameters<typeof region>[0]>[0], name: Name): Claim => ({
    mode: "elasticIp",
    allocationId: allocation,
    networkInterfaceId: enis[name],
    peerInterfaceId: enis[name === "a" ? "b" : "a"],
    privateIp: second[name],
  });
  const site = await region(claimOf);
  const directory = await mkdtemp(join(tmpdir(), "nginx-ha-bench-"));
  try {
    const { call, metadata } = await site.agentOf("a");
    const claim = claimOf(site.made, "a");
    if (claim.mode !== "elasticIp") throw new Error("mode elasticIp");
    const { allocationId, networkInterfaceId } = claim;
    const look = () => call("DescribeAddresses", { "AllocationId.1": allocationId });
    const away = () => site.associate(allocationId, site.made.enis.b);
    for (let turn = 0; turn < 50; turn++) await look();

    // Ten seconds pass from one failover to the next, or the worker would see a thief and wait.
    let passed = 0;
    let master = false;
    let told: Told | undefined;
    const worker = newWorker({
      claim: vipClaim(call, claim, metadata),
      isMaster: () => master,
      senior: true,
      now: () => Date.now() + passed,
      tell: (what) => {
        told = what;
      },
    });
    const end = new AbortController();
    const running = worker.run(end.signal);
    const agent: number[] = [];
    const api: number[] = [];
    for (let turn = 0; turn < 200; turn++) {
      away();
      passed += 10_000;
      master = true;
      told = undefined;
      const start = performance.now();
      worker.wake("MASTER");
      await waitFor("the VIP", 5000, () => told?.held, 0);
      agent.push(performance.now() - start);
      master = false;
      worker.wake("BACKUP");
      await waitFor("BACKUP", 5000, () => told?.held === false, 0);
      const calls = performance.now();
      await look();
      await call("AssociateAddress", {
        AllocationId: allocationId,
        NetworkInterfaceId: networkInterfaceId,
        PrivateIpAddress: second.a,
        AllowReassociation: "true",
      });
      await look();
      api.push(performance.now() - calls);
    }
    end.abort();
    await running;
    const added = agent.map((time, index) => time - (api[index] ?? 0));
    const boto: number[] = [];
    const hook = join(directory, "hook.py");
    await writeFile(hook, HOOK);
    await writeFile(join(directory, "authority.pem"), site.authority);
    const python = await pythonWith(join(__dirname, "../test/lab/ec2/api/requirements.txt"));
    for (let turn = 0; turn < 10; turn++) {
      away();
      const start = performance.now();
      await run(
        [python, hook, site.url, join(directory, "authority.pem"), allocationId, networkInterfaceId],
        {
          env: { AWS_ACCESS_KEY_ID: OPERATOR.key, AWS_SECRET_ACCESS_KEY: OPERATOR.secret },
        },
      );
      boto.push(performance.now() - start);
    }
    print("the API's own time, three calls", api);
    print("the agent, event to verified", agent);
    print("what the agent adds", added);
    print("a hook with boto3", boto);
    console.log(`ratio: ${(at(boto, 0.5) / at(agent, 0.5)).toFixed(0)} ×`);
  } finally {
    await site.close();
    await rm(directory, { recursive: true });
  }
}

/** What published hooks do: a program that starts for the event, looks, associates, and looks again. */
const HOOK = `
import sys, boto3
url, bundle, allocation, interface = sys.argv[1:]
ec2 = boto3.client("ec2", region_name="lab-west-1", endpoint_url=url, verify=bundle)
look = lambda: ec2.describe_addresses(AllocationIds=[allocation])["Addresses"][0].get("NetworkInterfaceId")
if look() != interface:
    ec2.associate_address(AllocationId=allocation, NetworkInterfaceId=interface, AllowReassociation=True)
assert look() == interface
`;

const at = (values: number[], part: number): number =>
  values.toSorted((one, other) => one - other)[Math.floor(values.length * part)] ?? Number.NaN;

const print = (what: string, values: number[]): void =>
  console.log(
    `${what.padEnd(34)} median ${at(values, 0.5).toFixed(1).padStart(6)} ms   p99 ${at(values, 0.99).toFixed(1).padStart(6)} ms   n=${values.length}`,
  );

runBench(main);
