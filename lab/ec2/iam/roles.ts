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

export function createRole(region: Region, input: { name: string; trust: string; now: number }): Region {
  if (region.roles[input.name]) throw exists("Role", input.name);
  return changed(region, (next) => {
    const { name, trust, now } = input;
    next.roles[name] = { name, trust, id: newIamId(next, "AROA"), policies: {}, created: now };
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

export function createInstanceProfile(region: Region, input: { name: string; now: number }): Region {
  if (region.instanceProfiles[input.name]) throw exists("Instance Profile", input.name);
  return changed(region, (next) => {
    const { name, now } = input;
    next.instanceProfiles[name] = { name, id: newIamId(next, "AIPA"), created: now };
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

/** The role of an instance, through its profile. */
export function roleOfInstance(region: Region, instanceId: string): Role | undefined {
  const profile = region.instanceProfiles[region.instances[instanceId]?.profile ?? ""];
  return profile?.role === undefined ? undefined : region.roles[profile.role];
}

function roleNamed(region: Region, name: string): Role {
  const role = region.roles[name];
  if (!role) throw missing("role", name);
  return role;
}

function profileNamed(region: Region, name: string): InstanceProfile {
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
