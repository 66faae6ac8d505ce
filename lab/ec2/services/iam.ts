import {
  changeRole,
  createInstanceProfile,
  createRole,
  deleteInstanceProfile,
  deleteRole,
  deleteRolePolicy,
  profileNamed,
  putRolePolicy,
  roleNamed,
  setProfileRole,
  tagInstanceProfile,
} from "../iam/roles";
import type { Response } from "../model/action";
import { Ec2Error } from "../model/error";
import { fields, integer, list, required, text } from "../model/parameters";
import { profileArn } from "../model/show-instance";
import type { InstanceProfile, Region, Role } from "../model/state";
import { call, memberList, queryService } from "./query-service";

const name = required(text());
const page = { Marker: text(), MaxItems: integer(1, 1000) };
const tagParameter = memberList(list(fields({ Key: required(text()), Value: required(text()) })));
const tagKeys = memberList(list(text()));
const roleName = { RoleName: name };
const profileName = { InstanceProfileName: name };

/** IAM, as far as nodes' roles need it (IAM API Reference, 2010-05-08). */
export const iam = queryService({
  name: "iam",
  version: "2010-05-08",
  namespace: "https://iam.amazonaws.com/doc/2010-05-08/",
  calls: {
    CreateRole: call({
      parameters: {
        ...roleName,
        AssumeRolePolicyDocument: required(text()),
        Description: text(),
        Path: text(["/"]),
        MaxSessionDuration: integer(3600, 3600),
        Tags: tagParameter,
      },
      run(before, { RoleName, AssumeRolePolicyDocument, Description, Tags }, { now }) {
        const input = { name: RoleName, trust: AssumeRolePolicyDocument, description: Description, now };
        const region = createRole(before, { ...input, tags: tagsOf(Tags) });
        return { region, result: { Role: showRole(region, RoleName) } };
      },
    }),
    GetRole: call({
      parameters: roleName,
      run: (region, { RoleName }) => ({ result: { Role: showRole(region, RoleName) } }),
    }),
    DeleteRole: call({
      parameters: roleName,
      run: (region, { RoleName }) => ({ region: deleteRole(region, RoleName) }),
    }),
    UpdateAssumeRolePolicy: call({
      parameters: { ...roleName, PolicyDocument: required(text()) },
      run: (region, { RoleName, PolicyDocument }) => ({
        region: changeRole(region, RoleName, { trust: PolicyDocument }),
      }),
    }),
    UpdateRole: call({
      parameters: { ...roleName, Description: text(), MaxSessionDuration: integer(3600, 3600) },
      run: (region, { RoleName, Description }) => ({
        region: changeRole(region, RoleName, { description: Description }),
      }),
    }),
    TagRole: call({
      parameters: { ...roleName, Tags: tagParameter },
      run: (region, { RoleName, Tags }) => ({
        region: changeRole(region, RoleName, {
          tags: { ...roleNamed(region, RoleName).tags, ...tagsOf(Tags) },
        }),
      }),
    }),
    UntagRole: call({
      parameters: { ...roleName, TagKeys: tagKeys },
      run: (region, { RoleName, TagKeys }) => ({
        region: changeRole(region, RoleName, { tags: without(roleNamed(region, RoleName).tags, TagKeys) }),
      }),
    }),
    PutRolePolicy: call({
      parameters: { ...roleName, PolicyName: name, PolicyDocument: required(text()) },
      run: (region, { RoleName, PolicyName, PolicyDocument }) => ({
        region: putRolePolicy(region, RoleName, PolicyName, PolicyDocument),
      }),
    }),
    GetRolePolicy: call({
      parameters: { ...roleName, PolicyName: name },
      run(region, { RoleName, PolicyName }) {
        const document = roleNamed(region, RoleName).policies[PolicyName];
        if (document === undefined) {
          throw new Ec2Error("NoSuchEntity", `The role policy with name ${PolicyName} cannot be found.`, 404);
        }
        return { result: { RoleName, PolicyName, PolicyDocument: encodeURIComponent(document) } };
      },
    }),
    DeleteRolePolicy: call({
      parameters: { ...roleName, PolicyName: name },
      run: (region, { RoleName, PolicyName }) => ({ region: deleteRolePolicy(region, RoleName, PolicyName) }),
    }),
    ListRolePolicies: call({
      parameters: { ...roleName, ...page },
      run: (region, { RoleName }) => ({
        result: { PolicyNames: Object.keys(roleNamed(region, RoleName).policies), IsTruncated: false },
      }),
    }),
    ListAttachedRolePolicies: call({
      parameters: { ...roleName, ...page },
      run(region, { RoleName }) {
        roleNamed(region, RoleName);
        return { result: { AttachedPolicies: [], IsTruncated: false } };
      },
    }),
    ListInstanceProfilesForRole: call({
      parameters: { ...roleName, ...page },
      run(region, { RoleName }) {
        const profiles = Object.values(region.instanceProfiles).filter(({ role }) => role === RoleName);
        const shown = profiles.map((profile) => showProfile(region, profile.name));
        return { result: { InstanceProfiles: shown, IsTruncated: false } };
      },
    }),
    CreateInstanceProfile: call({
      parameters: { ...profileName, Path: text(["/"]), Tags: tagParameter },
      run(before, { InstanceProfileName, Tags }, { now }) {
        const region = createInstanceProfile(before, { name: InstanceProfileName, now, tags: tagsOf(Tags) });
        return { region, result: { InstanceProfile: showProfile(region, InstanceProfileName) } };
      },
    }),
    GetInstanceProfile: call({
      parameters: profileName,
      run: (region, { InstanceProfileName }) => ({
        result: { InstanceProfile: showProfile(region, InstanceProfileName) },
      }),
    }),
    DeleteInstanceProfile: call({
      parameters: profileName,
      run: (region, { InstanceProfileName }) => ({
        region: deleteInstanceProfile(region, InstanceProfileName),
      }),
    }),
    AddRoleToInstanceProfile: call({
      parameters: { ...profileName, ...roleName },
      run: (region, { InstanceProfileName, RoleName }) => ({
        region: setProfileRole(region, InstanceProfileName, RoleName),
      }),
    }),
    RemoveRoleFromInstanceProfile: call({
      parameters: { ...profileName, ...roleName },
      run(region, { InstanceProfileName, RoleName }) {
        if (profileNamed(region, InstanceProfileName).role !== RoleName) {
          throw new Ec2Error(
            "NoSuchEntity",
            `The role ${RoleName} is not in the profile ${InstanceProfileName}.`,
            404,
          );
        }
        return { region: setProfileRole(region, InstanceProfileName, undefined) };
      },
    }),
    TagInstanceProfile: call({
      parameters: { ...profileName, Tags: tagParameter },
      run(region, { InstanceProfileName, Tags }) {
        const tags = { ...profileNamed(region, InstanceProfileName).tags, ...tagsOf(Tags) };
        return { region: tagInstanceProfile(region, InstanceProfileName, tags) };
      },
    }),
    UntagInstanceProfile: call({
      parameters: { ...profileName, TagKeys: tagKeys },
      run(region, { InstanceProfileName, TagKeys }) {
        const tags = without(profileNamed(region, InstanceProfileName).tags, TagKeys);
        return { region: tagInstanceProfile(region, InstanceProfileName, tags) };
      },
    }),
  },
});

const tagsOf = (tags: { Key: string; Value: string }[]): Record<string, string> =>
  Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value]));

const without = (tags: Record<string, string>, keys: readonly string[]): Record<string, string> =>
  Object.fromEntries(Object.entries(tags).filter(([key]) => !keys.includes(key)));

const shownTags = (tags: Role["tags"]) => Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));

function showRole(region: Region, roleOf: string): Response {
  const role = roleNamed(region, roleOf);
  return {
    Path: "/",
    RoleName: role.name,
    RoleId: role.id,
    Arn: `arn:aws:iam::${region.account}:role/${role.name}`,
    CreateDate: new Date(role.created),
    AssumeRolePolicyDocument: encodeURIComponent(role.trust),
    Description: role.description,
    MaxSessionDuration: 3600,
    Tags: shownTags(role.tags),
  };
}

function showProfile(region: Region, profileOf: string): Response {
  const { name: profile, id, created, role, tags }: InstanceProfile = profileNamed(region, profileOf);
  return {
    Path: "/",
    InstanceProfileName: profile,
    InstanceProfileId: id,
    Arn: profileArn(region, profile),
    CreateDate: new Date(created),
    Roles: role === undefined ? [] : [showRole(region, role)],
    Tags: shownTags(tags),
  };
}
