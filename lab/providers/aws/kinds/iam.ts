import { changeEach, type Kind, type On, unlessGone } from "../kind";
import type { Properties } from "../plain";

const pairs = (tags: Properties = {}) => Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
const tagsOf = (set: { Key: string; Value: string }[] = []) => {
  const tags = Object.fromEntries(set.map(({ Key, Value }) => [Key, Value]));
  return { tags, tagsAll: tags };
};

async function retag(
  kind: "Role" | "InstanceProfile",
  name: string,
  on: On,
  news: Properties,
  olds: Properties,
): Promise<void> {
  const which = { [`${kind}Name`]: name };
  const gone = Object.keys(olds.tags ?? {}).filter((key) => !(key in (news.tags ?? {})));
  if (gone.length > 0) await on.aws.iam(`Untag${kind}`, { ...which, TagKeys: gone });
  if (Object.keys(news.tags ?? {}).length > 0)
    await on.aws.iam(`Tag${kind}`, { ...which, Tags: pairs(news.tags) });
}

export const role: Kind = {
  async create({ name, assumeRolePolicy, description, tags }, { aws }) {
    const document = { RoleName: name, AssumeRolePolicyDocument: assumeRolePolicy, Description: description };
    await aws.iam("CreateRole", { ...document, Tags: pairs(tags) });
    return name;
  },
  async read(id, { aws }) {
    const found = (await unlessGone(aws.iam("GetRole", { RoleName: id })))?.Role;
    return (
      found && {
        arn: found.Arn,
        name: found.RoleName,
        assumeRolePolicy: decodeURIComponent(found.AssumeRolePolicyDocument),
        description: found.Description,
        uniqueId: found.RoleId,
        createDate: found.CreateDate,
        ...tagsOf(found.Tags || []),
      }
    );
  },
  async update(id, news, changed, on, olds) {
    await changeEach(changed, {
      assumeRolePolicy: () =>
        on.aws.iam("UpdateAssumeRolePolicy", { RoleName: id, PolicyDocument: news.assumeRolePolicy }),
      description: () => on.aws.iam("UpdateRole", { RoleName: id, Description: news.description ?? "" }),
      tags: () => retag("Role", id, on, news, olds),
    });
  },
  async remove(id, _, { aws }) {
    await unlessGone(aws.iam("DeleteRole", { RoleName: id }));
  },
};

const parts = (id: string): { RoleName: string; PolicyName: string } => {
  const [RoleName = "", PolicyName = ""] = id.split(":");
  return { RoleName, PolicyName };
};

export const rolePolicy: Kind = {
  async create({ role: RoleName, name: PolicyName, policy }, { aws }) {
    await aws.iam("PutRolePolicy", { RoleName, PolicyName, PolicyDocument: policy });
    return `${RoleName}:${PolicyName}`;
  },
  async read(id, { aws }) {
    const found = await unlessGone(aws.iam("GetRolePolicy", parts(id)));
    if (!found) return undefined;
    return { role: found.RoleName, name: found.PolicyName, policy: decodeURIComponent(found.PolicyDocument) };
  },
  update: (id, { policy }, changed, { aws }) =>
    changeEach(changed, { policy: () => aws.iam("PutRolePolicy", { ...parts(id), PolicyDocument: policy }) }),
  async remove(id, _, { aws }) {
    await unlessGone(aws.iam("DeleteRolePolicy", parts(id)));
  },
};

const profileNamed = async ({ aws }: On, name: string): Promise<Properties | undefined> =>
  (await unlessGone(aws.iam("GetInstanceProfile", { InstanceProfileName: name })))?.InstanceProfile;

export const instanceProfile: Kind = {
  async create({ name, role: RoleName, tags }, { aws }) {
    await aws.iam("CreateInstanceProfile", { InstanceProfileName: name, Tags: pairs(tags) });
    if (RoleName) await aws.iam("AddRoleToInstanceProfile", { InstanceProfileName: name, RoleName });
    return name;
  },
  async read(id, on) {
    const found = await profileNamed(on, id);
    if (!found) return undefined;
    const {
      Arn: arn,
      InstanceProfileName: name,
      InstanceProfileId: uniqueId,
      CreateDate: createDate,
    } = found;
    return { arn, name, uniqueId, createDate, role: found.Roles?.[0]?.RoleName, ...tagsOf(found.Tags || []) };
  },
  async update(id, news, changed, on, olds) {
    await changeEach(changed, {
      role: async () => {
        await leave(id, on);
        await on.aws.iam("AddRoleToInstanceProfile", { InstanceProfileName: id, RoleName: news.role });
      },
      tags: () => retag("InstanceProfile", id, on, news, olds),
    });
  },
  async remove(id, _, on) {
    await leave(id, on);
    await unlessGone(on.aws.iam("DeleteInstanceProfile", { InstanceProfileName: id }));
  },
};

async function leave(name: string, on: On): Promise<void> {
  const RoleName = (await profileNamed(on, name))?.Roles?.[0]?.RoleName;
  if (RoleName)
    await unlessGone(on.aws.iam("RemoveRoleFromInstanceProfile", { InstanceProfileName: name, RoleName }));
}
