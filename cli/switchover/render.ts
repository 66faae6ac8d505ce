import type { SwitchoverResult } from "./result";

/** A switchover's result as the terminal shows it, after the events and before the status. */
export function renderResult({ moved, from, to, why, moveMs, measured }: SwitchoverResult): string {
  const outcome = moved
    ? `The VIP moved from ${from} to ${to} in ${moveMs} ms.${why ? ` But ${why}.` : ""}`
    : `The VIP did not move: ${why}.`;
  return measured ? `${outcome}\n${measuredLine(measured)}` : outcome;
}

function measuredLine(measured: NonNullable<SwitchoverResult["measured"]>): string {
  const { gapMs, total, refused, cutNew, late, held, cutHeld, from } = measured;
  const news = `New connections: ${total}, ${refused} refused, ${cutNew} cut, ${late} late, longest gap ${gapMs} ms`;
  const olds = held > 0 ? `; established ones: ${held}, ${cutHeld} cut` : "";
  return `${news}${olds} (seen from ${from}).`;
}
