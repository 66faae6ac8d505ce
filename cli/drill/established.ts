import type { History } from "../history/history";
import type { Check } from "./check";
import { HELD } from "./settings";
import type { Window } from "./windows";

/** What became of the connections that were held while the VIP moved on purpose. */
export function established({ events }: History, { from, to }: Window): Check {
  const within = ({ at }: { at: number }): boolean => at >= from && at <= to;
  const cut = events.filter((one) => one.t === "cut" && within(one)).length;
  const end = events.find((one) => one.t === "prober" && one.event === "end" && within(one));
  const answers = (end?.t === "prober" && end.heldAnswers) || 0;
  if (cut > 0)
    return { invariant: "I6", ruling: "invalid", text: `${cut} established connections of ${HELD} were cut` };
  if (answers === 0)
    return { invariant: "I6", ruling: "unknown", text: "nothing was answered on an established connection" };
  return { invariant: "I6", ruling: "valid", text: `none of ${HELD} was cut, ${answers} answers on them` };
}
