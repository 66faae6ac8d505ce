import { z } from "zod";
import { withShared } from "../../config/shared";
import { foreign } from "../../lab/aws/foreign";
import { configOf } from "./stacks";

/** A stack that has no preview on the lab, and what it says that the lab does not have. */
export interface Left {
  name: string;
  why: string;
}

const stackReferences = z.record(z.string(), z.string());

/** Which of these stacks can come up on a Region of the lab, and which cannot. */
export function onTheLab(names: readonly string[], root: string): { can: string[]; cannot: Left[] } {
  const cannot = names.flatMap((name) => {
    const config = configOf(root, name);
    const merged = withShared(config["nginx-ha:cluster"], config["nginx-ha:shared"], root);
    if ("problem" in merged) return [];
    const stacks = stackReferences.safeParse(config["nginx-ha:stacks"] ?? {});
    const why = foreign(merged.cluster, stacks.data ?? {}, root);
    return why === undefined ? [] : [{ name, why }];
  });
  return { can: names.filter((name) => !cannot.some((left) => left.name === name)), cannot };
}
