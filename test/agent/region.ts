import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ec2 } from "../../agent/ec2/api";
import { Clock } from "../../agent/ec2/clock";
import { roleCredentials } from "../../agent/ec2/credentials";
import { imds } from "../../agent/ec2/imds";
import { certificateFor } from "../../lab/ec2/api/certificate";
import { serveApi } from "../../lab/ec2/api/server";
import { administrator } from "../../lab/ec2/iam/caller";
import { createInstanceProfile, createRole, putRolePolicy, setProfileRole } from "../../lab/ec2/iam/roles";
import { serveImds } from "../../lab/ec2/imds/server";
import { agentPolicy } from "../../node/agent/policy";
import type { Claim } from "../../node/claim";
import { endpoint } from "../lab/ec2/api/endpoint";
import { ACCOUNT, pair, TRUST } from "../lab/ec2/model/pair";

export type Name = "a" | "b";

/**
 * Two nodes in a Region in this process, over its real API and metadata services: each node's agent calls as its own
 * role, which may do what `agentPolicy` says.
 */
export async function region(claimOf: (made: ReturnType<typeof pair>, name: Name) => Claim) {
  const made = pair();
  const claims = { a: claimOf(made, "a"), b: claimOf(made, "b") };
  let state = made.lab.region;
  for (const name of ["a", "b"] as const) {
    const role = `node-${name}`;
    state = createRole(state, { name: role, trust: TRUST, now: 0 });
    state = setProfileRole(createInstanceProfile(state, { name: role, now: 0 }), role, role);
    const policy = agentPolicy({
      partition: "aws",
      region: "lab-west-1",
      account: ACCOUNT,
      claim: claims[name],
      instanceProfileArn: `arn:aws:iam::${ACCOUNT}:instance-profile/${role}`,
    });
    state = putRolePolicy(state, role, "agent", JSON.stringify(policy));
    const instance = state.instances[made.instances[name]];
    if (instance) instance.profile = role;
  }
  const site = endpoint(state);
  const directory = await mkdtemp(join(tmpdir(), "nginx-ha-agent-"));
  const certificate = await certificateFor(directory, ["127.0.0.1"]);
  const api = await serveApi(site, { host: "127.0.0.1", certificate });
  const closing: (() => Promise<void>)[] = [() => api.close()];
  const { runner, faults } = site;
  return {
    made,
    runner,
    faults,
    /** How a node's agent talks to EC2. */
    async agentOf(name: Name, clock = new Clock()) {
      const instanceId = made.instances[name];
      const metadata = await serveImds({ runner, faults, instanceId }, { host: "127.0.0.1", port: 0 });
      closing.push(() => metadata.close());
      const ask = imds({ host: "127.0.0.1", port: metadata.port });
      const at = { url: async () => api.url, region: "lab-west-1", authority: certificate.authority };
      return { call: ec2(at, roleCredentials(ask, clock.now), clock), metadata: ask };
    },
    port: api.port,
    url: api.url,
    authority: certificate.authority,
    /** Moves an Elastic IP as the account's operator. */
    associate(AllocationId: string, NetworkInterfaceId: string): void {
      const parameters = { AllocationId, NetworkInterfaceId, AllowReassociation: "true" };
      const request = { action: "AssociateAddress", parameters, now: 0 };
      const { error } = runner.perform(request, administrator(ACCOUNT));
      if (error) throw new Error(error.message);
    },
    async close() {
      for (const close of closing) await close();
      await rm(directory, { recursive: true });
    },
  };
}
