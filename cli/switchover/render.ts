import type { SwitchoverResult } from "./result";

/** A switchover's result as the terminal shows it, after the events and before the status. */
export function renderResult({ moved, from, to, why, moveMs, measured, drain }: SwitchoverResult): string {
  const outcome = moved
    ? `The VIP moved from ${from} to ${to} in ${moveMs} ms.${why ? ` But ${why}.` : ""}`
    : `The VIP did not move: ${why}.`;
  return [
    outcome,
    ...(measured ? [measuredLine(measured)] : []),
    ...(drain ? [drainedLine(from, drain)] : []),
  ].join("\n");
}

const drainedLine = (
  from: string | undefined,
  { connections, ended, cut, seconds }: NonNullable<SwitchoverResult["drain"]>,
): string =>
  `${from} had ${connections} established connections: ${ended} ended by themselves, ${cut} cut after ${seconds} s.`;

function measuredLine(measured: NonNullable<SwitchoverResult["measured"]>): string {
  const { gapMs, total, refused, cutNew, late, held, cutHeld, longestHeldMs, from } = measured;
  const news = `New connections: ${total}, ${refused} refused, ${cutNew} cut, ${late} late, longest gap ${gapMs} ms`;
  const waited = longestHeldMs === undefined ? "" : `, longest wait ${longestHeldMs} ms`;
  const olds = held > 0 ? `; established ones: ${held}, ${cutHeld} cut${waited}` : "";
  return `${news}${olds} (seen from ${from}).`;
}
