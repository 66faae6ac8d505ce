import { setTimeout as sleep } from "node:timers/promises";
import { type AwsClient, AwsError } from "../../ec2/client";
import type { Properties } from "./plain";

/** What an operation may use. */
export interface On {
  aws: AwsClient;
  region: string;
  /** Aborted at the resource's own time limit, and when the engine cancels. */
  signal: AbortSignal;
}

/** How one resource type is made, looked at, changed and removed by calls of the API. */
export interface Kind {
  /** Makes it, and says its id; outputs are what `read` finds. */
  create(inputs: Properties, on: On): Promise<string>;
  /** All outputs; nothing when it is gone. */
  read(id: string, on: On, inputs: Properties): Promise<Properties | undefined>;
  /** Changes it in place; `changed` has dotted paths. What is not handled here is refused. */
  update?(id: string, news: Properties, changed: Set<string>, on: On, olds: Properties): Promise<void>;
  /** Removes it; that it is gone already is a success. */
  remove(id: string, state: Properties, on: On): Promise<void>;
}

/** Ends an update of something that the Region cannot change. */
export function refuseUpdate(path: string): never {
  throw new Error(`${path} cannot be changed in place here: see docs/fidelity.md`);
}

/** Nothing instead of an error that says that a thing is not there. */
export async function unlessGone<T>(work: Promise<T>): Promise<T | undefined> {
  return work.catch((error: unknown) => {
    if (
      error instanceof AwsError &&
      /NotFound|NoSuchEntity|NoSuchHostedZone|NoSuchHealthCheck/.test(error.code)
    )
      return undefined;
    throw error;
  });
}

/** Asks until something is so; the resource's own time limit is the limit. */
export async function until<T>(
  what: string,
  { signal }: On,
  check: () => Promise<T | undefined>,
): Promise<T> {
  for (;;) {
    const found = await check();
    if (found !== undefined) return found;
    if (signal.aborted) throw new Error(`gave up waiting for ${what}`);
    await sleep(200);
  }
}

/** Removes, again and again while something else still needs it. */
export async function removeWhenFree(
  _what: string,
  on: On,
  limitMs: number,
  work: () => Promise<unknown>,
): Promise<void> {
  const end = performance.now() + limitMs;
  for (;;) {
    try {
      await unlessGone(work());
      return;
    } catch (error) {
      const busy = error instanceof AwsError && /DependencyViolation|InUse|DeleteConflict/.test(error.code);
      if (!busy || performance.now() > end || on.signal.aborted) throw error;
    }
    await sleep(500);
  }
}

export const specification = (type: string, tags: Record<string, string> = {}) =>
  Object.keys(tags).length === 0 ? [] : [{ ResourceType: type, Tag: pairs(tags) }];

const pairs = (tags: Record<string, string>) => Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));

/** Tags as the program has them. */
export const tagsOf = (
  set: { key: string; value: string }[] = [],
): { tags: Properties; tagsAll: Properties } => {
  const tags = Object.fromEntries(set.map(({ key, value }) => [key, value]));
  return { tags, tagsAll: tags };
};

/** Makes the tags of an EC2 resource what they should be. */
export async function retag(id: string, { aws }: On, news: Properties, olds: Properties): Promise<void> {
  const [now, before] = [news.tags ?? {}, olds.tags ?? {}];
  const gone = Object.keys(before).filter((key) => !(key in now));
  if (gone.length > 0) await aws.ec2("DeleteTags", { ResourceId: [id], Tag: gone.map((Key) => ({ Key })) });
  const set = Object.entries(now).filter(([key, value]) => before[key] !== value);
  if (set.length > 0)
    await aws.ec2("CreateTags", {
      ResourceId: [id],
      Tag: pairs(Object.fromEntries(set) as Record<string, string>),
    });
}

/** Whether `path` or something inside of it changed. */
export const touches = (changed: Set<string>, path: string): boolean =>
  [...changed].some((one) => one === path || one.startsWith(`${path}.`));

/** Runs the change of each path that changed; one that none handles is refused. Tags are handled for all. */
export async function changeEach(
  changed: Set<string>,
  changes: Record<string, () => Promise<unknown> | undefined>,
): Promise<void> {
  const tops = new Set([...changed].map((path) => path.split(".")[0] ?? ""));
  for (const top of tops) if (!(top in changes)) refuseUpdate(top);
  for (const top of tops) await changes[top]?.();
}
