import { z } from "zod";
import { Ec2Error } from "../model/error";
import { newIamId } from "../model/ids";
import type { InstanceProfile, Region, Role } from "../model/state";
import { parsePolicy } from "./policy";

/** A Region after a change, made on a copy. */
function changed(before: Region, change: (region: Region) => void): Region {
  const region = structuredClone(before);
  change(region);
  return region;
}

/** What a new role is. `trust` says who may take it. */
export type RoleInput = Pick<Role, "name" | "trust"> &
  Partial<Pick<Role, "description" | "tags">> & { now: number };

export function createRole(region: Region, input: RoleInput): Region {
  if (region.roles[input.name]) throw exists("Role", input.name);
  checkTrust(input.trust);
  return changed(region, (next) => {
    const { name, trust, description, tags = {}, now } = input;
    const id = newIamId(next, "AROA");
    next.roles[name] = { name, trust, description, tags, id, policies: {}, created: now };
  });
}

/** Puts an inline policy; a document that the Region cannot judge is refused. */
export function putRolePolicy(region: Region, role: string, policy: string, document: string): Region {
  roleNamed(region, role);
  parsePolicy(document);
  return changed(region, (next) => {
    roleNamed(next, role).policies[policy] = document;
  });
}

export function deleteRolePolicy(region: Region, role: string, policy: string): Region {
  if (roleNamed(region, role).policies[policy] === undefined) throw missing("role policy", policy);
  return changed(region, (next) => {
    delete roleNamed(next, role).policies[policy];
  });
}

/** A role goes last: its policies and the profiles that hold it go before. */
export function deleteRole(region: Region, name: string): Region {
  const role = roleNamed(region, name);
  const held = Object.values(region.instanceProfiles).some((profile) => profile.role === name);
  if (held) throw conflict("Cannot delete entity, must remove roles from instance profile first.");
  if (Object.keys(role.policies).length > 0)
    throw conflict("Cannot delete entity, must delete policies first.");
  return changed(region, (next) => {
    delete next.roles[name];
  });
}

/** Replaces a role's description, tags or trust. */
export function changeRole(
  region: Region,
  name: string,
  change: Partial<Pick<Role, "description" | "tags" | "trust">>,
): Region {
  roleNamed(region, name);
  if (change.trust !== undefined) checkTrust(change.trust);
  return changed(region, (next) => Object.assign(roleNamed(next, name), change));
}

export function tagInstanceProfile(region: Region, name: string, tags: Record<string, string>): Region {
  profileNamed(region, name);
  return changed(region, (next) => {
    profileNamed(next, name).tags = tags;
  });
}

export function createInstanceProfile(
  region: Region,
  input: { name: string; now: number; tags?: Record<string, string> },
): Region {
  if (region.instanceProfiles[input.name]) throw exists("Instance Profile", input.name);
  return changed(region, (next) => {
    const { name, now, tags = {} } = input;
    next.instanceProfiles[name] = { name, id: newIamId(next, "AIPA"), tags, created: now };
  });
}

/** A profile holds one role at most (IAM User Guide, "Use instance profiles"). */
export function setProfileRole(region: Region, profile: string, role: string | undefined): Region {
  const { role: before } = profileNamed(region, profile);
  if (role !== undefined) roleNamed(region, role);
  if (role !== undefined && before !== undefined) {
    throw new Ec2Error("LimitExceeded", "Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1", 409);
  }
  return changed(region, (next) => {
    const one = profileNamed(next, profile);
    if (role === undefined) delete one.role;
    else one.role = role;
  });
}

export function deleteInstanceProfile(region: Region, name: string): Region {
  if (profileNamed(region, name).role)
    throw conflict("Cannot delete entity, must remove roles from instance profile first.");
  return changed(region, (next) => {
    delete next.instanceProfiles[name];
  });
}

/** The role of an instance, through its profile; one that EC2 may not take gives it no credentials. */
export function roleOfInstance(region: Region, instanceId: string): Role | undefined {
  const profile = region.instanceProfiles[region.instances[instanceId]?.profile ?? ""];
  const role = profile?.role === undefined ? undefined : region.roles[profile.role];
  return role && trusts(role.trust, "ec2.amazonaws.com") ? role : undefined;
}

const trustSchema = z.object({
  Statement: z.preprocess(
    (value) => [value].flat(),
    z.array(
      z.strictObject({
        Sid: z.string().optional(),
        Effect: z.literal("Allow"),
        Principal: z.strictObject({ Service: z.union([z.string(), z.array(z.string())]) }),
        Action: z.literal("sts:AssumeRole"),
      }),
    ),
  ),
});

function trusts(document: string, service: string): boolean {
  return trustSchema
    .parse(JSON.parse(document))
    .Statement.some(({ Principal }) => [Principal.Service].flat().includes(service));
}

/** A trust that this Region could not judge is refused when it is put. */
function checkTrust(document: string): void {
  try {
    trusts(document, "");
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/\s+/g, " ").slice(0, 200) : "";
    throw new Ec2Error("MalformedPolicyDocument", `This Region does not know such a trust policy: ${reason}`);
  }
}

export function roleNamed(region: Region, name: string): Role {
  const role = region.roles[name];
  if (!role) throw missing("role", name);
  return role;
}

export function profileNamed(region: Region, name: string): InstanceProfile {
  const profile = region.instanceProfiles[name];
  if (!profile) throw missing("Instance Profile", name);
  return profile;
}

function missing(kind: string, name: string): Ec2Error {
  return new Ec2Error("NoSuchEntity", `The ${kind} with name ${name} cannot be found.`, 404);
}

function exists(kind: string, name: string): Ec2Error {
  return new Ec2Error("EntityAlreadyExists", `${kind} with name ${name} already exists.`, 409);
}

function conflict(reason: string): Ec2Error {
  return new Ec2Error("DeleteConflict", reason, 409);
}
