import { issue, type SessionCredentials } from "../iam/credentials";
import type { Region } from "../model/state";

/** How long a role's credentials are good, and how long before that the next ones are handed out. */
export interface Rotation {
  lifetimeMs: number;
  aheadMs: number;
}

/** New credentials come at least five minutes before the old ones end (EC2 User Guide, "Retrieve security credentials"). */
const usualRotation: Rotation = { lifetimeMs: 6 * 3_600_000, aheadMs: 30 * 60_000 };

/** The credentials that are current now: everybody who asks within one turn gets the same. */
export function currentCredentials(
  region: Region,
  of: { instanceId: string; role: string; now: number; revokedBefore: number },
  { lifetimeMs, aheadMs }: Rotation = usualRotation,
): SessionCredentials {
  const turn = lifetimeMs - aheadMs;
  const started = Math.floor(of.now / turn) * turn;
  // What was revoked is replaced at once, though its turn is not over; a moment in the future revokes all.
  const issued = of.revokedBefore <= of.now ? Math.max(started, of.revokedBefore) : started;
  return issue(region.seed, {
    instanceId: of.instanceId,
    role: of.role,
    issued,
    expires: issued + lifetimeMs,
  });
}
