import { TimedOut, type Waiting, waitUntil } from "../terminal/wait";
import type { StatusReport } from "./report";

/**
 * Waits for a healthy pair, and says what is wrong when it does not become one.
 * @param ready what must be so beside it
 * @throws TimedOut
 */
export async function untilHealthy(
  what: string,
  limitS: number,
  look: () => Promise<StatusReport>,
  waiting: Waiting,
  ready: () => boolean = () => true,
): Promise<StatusReport> {
  let report: StatusReport | undefined;
  const test = async (): Promise<boolean> => {
    report = await look();
    return report.verdict === "healthy" && ready();
  };
  await waitUntil(what, limitS, test, waiting, 200).catch((error: unknown) => {
    if (!(error instanceof TimedOut) || !report) throw error;
    throw new TimedOut(`${error.message}: ${reasons(report)}`);
  });
  if (!report) throw new Error("it was looked at");
  return report;
}

/** What is wrong with a pair, in one line. */
export const reasons = ({ verdict, problems }: StatusReport): string =>
  problems.length === 0
    ? verdict
    : problems.map(({ node, text }) => `${node ? `${node}: ` : ""}${text}`).join("; ");
