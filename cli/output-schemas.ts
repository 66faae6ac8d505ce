import { z } from "zod";
import { published } from "./commands/configuration";
import { upgradeResult } from "./commands/upgrade";
import { drillReport } from "./report/verdict";
import { statusReport } from "./status/report";
import { switchoverResult } from "./switchover/result";

/** What each command's `--json` prints, by the command's name. */
export const outputs = {
  status: statusReport,
  switchover: switchoverResult,
  drill: drillReport,
  publish: published,
  rollback: published,
  upgrade: upgradeResult,
} as const;

/** The same as JSON schemas: `cli/schemas/NAME.schema.json`. */
export const outputSchemas = (): Record<string, object> =>
  Object.fromEntries(
    Object.entries(outputs).map(([name, schema]) => [name, z.toJSONSchema(schema, { target: "draft-7" })]),
  );
