import { items, type Problem, repeated } from "../problem";
import { acmeRules } from "./acme";
import { balanceRules, limitRules } from "./pools";
import { portRules } from "./ports";
import { routeRules } from "./routes";
import { certificateRules, type LooseNginx, siteRules } from "./sites";

const named = ["pools", "certificates", "rateLimits", "connectionLimits", "streams"] as const;

/** The rules across keys of what nginx serves, on either platform. */
export function* nginxRules(nginx: LooseNginx | undefined): Generator<Problem> {
  if (nginx === null || typeof nginx !== "object") return;
  for (const list of named)
    yield* repeated(
      items<{ name?: string } | undefined>(nginx[list]),
      (item) => item?.name,
      (index) => ["nginx", list, index, "name"],
    );
  yield* siteRules(nginx);
  yield* certificateRules(nginx);
  yield* acmeRules(nginx);
  yield* routeRules(nginx);
  yield* balanceRules(nginx);
  yield* limitRules(nginx);
  yield* portRules(nginx);
}
