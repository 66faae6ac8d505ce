import { type Action, mutation, query } from "../action";
import { Ec2Error } from "../error";
import { filtered, filterParameter } from "../filters";
import { integer, list, required, text } from "../parameters";
import { done } from "../show";
import type { Region } from "../state";
import { merged, taggable, tagParameter } from "../tags";

function find(region: Region, id: string) {
  return taggable(region).find(({ resource }) => resource.id === id);
}

function all(region: Region, ids: readonly string[]) {
  return ids.map((id) => {
    const found = find(region, id);
    if (!found) throw new Ec2Error("InvalidID", `The ID '${id}' is not valid`);
    return found.resource;
  });
}

const refs = (region: Region, { ResourceId }: { ResourceId: string[] }) =>
  ResourceId.map((id) => ({ type: find(region, id)?.type ?? "*", id }));

const create = mutation({
  parameters: { ResourceId: required(list(text())), Tag: required(tagParameter) },
  resources: refs,
  run(region, { ResourceId, Tag }) {
    for (const resource of all(region, ResourceId)) resource.tags = merged(resource.tags, Tag);
    return done;
  },
});

/** Without tags all are deleted; a tag with a value only when it has that value (EC2 API Reference, DeleteTags). */
const remove = mutation({
  parameters: { ResourceId: required(list(text())), Tag: tagParameter },
  resources: refs,
  run(region, { ResourceId, Tag }) {
    for (const resource of all(region, ResourceId)) {
      const gone = ([key, value]: [string, string]) =>
        Tag.length === 0 ||
        Tag.some((tag) => tag.Key === key && (tag.Value === undefined || tag.Value === value));
      resource.tags = Object.fromEntries(Object.entries(resource.tags).filter((tag) => !gone(tag)));
    }
    return done;
  },
});

const describe = query({
  parameters: { Filter: filterParameter, MaxResults: integer(5, 1000), NextToken: text() },
  run(region, { Filter }) {
    const rows = taggable(region).flatMap(({ type, resource }) =>
      Object.entries(resource.tags).map(([key, value]) => ({
        key,
        value,
        resourceType: type,
        resourceId: resource.id,
      })),
    );
    const known = {
      key: (row: (typeof rows)[number]) => row.key,
      value: (row: (typeof rows)[number]) => row.value,
      "resource-id": (row: (typeof rows)[number]) => row.resourceId,
      "resource-type": (row: (typeof rows)[number]) => row.resourceType,
    };
    return { tagSet: filtered(rows, Filter, known) };
  },
});

export const tagActions: Record<string, Action> = {
  CreateTags: create,
  DeleteTags: remove,
  DescribeTags: describe,
};
