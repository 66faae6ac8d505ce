import { describe, expect, it } from "vitest";
import { renderHtml } from "../../../cli/report/html";
import { renderMarkdown } from "../../../cli/report/markdown";
import { renderText } from "../../../cli/report/text";
import { drillReport, judgeHistory } from "../../../cli/report/verdict";
import { historyOf } from "../drill/example";

const valid = historyOf();
const invalid = historyOf({ silent: [0, 900] });

describe("judgeHistory", () => {
  it.each([
    ["valid", valid, undefined],
    ["invalid", invalid, undefined],
    ["unknown", historyOf({ whole: false }), "the history ends in the middle"],
    [
      "unknown",
      { ...valid, run: { ...valid.run, faults: ["nginx-kill", "partition"] } },
      "not rehearsed: partition",
    ],
  ])("%s", (verdict, history, why) => {
    const report = judgeHistory(history);
    expect(drillReport.parse(report)).toEqual(report);
    expect(report).toMatchObject({ verdict, ...(why && { why }) });
  });
});

it("renderText prints a row per fault, what is broken, the verdict and the history", () => {
  expect(renderText(judgeHistory(invalid, "h.jsonl"))).toBe(
    `FAULT       ON       EXPECTED   OBSERVED           GAP     FAILED/TOTAL  VERDICT
nginx-kill  nginx-a  VIP moves  nginx-a → nginx-b  910 ms  90/550        invalid
# nginx-kill: I2 invalid: 910 ms without an answer (bound 500 ms) (nobody answers no longer than the fault's bound)
edge: invalid
History: h.jsonl`,
  );
});

it("renderMarkdown is a table that a pull request's summary can show", () => {
  const [title, , head, rule, row] = renderMarkdown(judgeHistory(valid)).split("\n");
  expect(title).toBe("## Drill of edge: ✅ valid");
  expect(head).toBe("| Fault | On | Expected | Observed | Gap | Failed/total | Verdict |");
  expect(rule).toBe("| --- | --- | --- | --- | --- | --- | --- |");
  expect(row).toBe("| nginx-kill | nginx-a | VIP moves | nginx-a → nginx-b | 110 ms | 10/550 | ✅ valid |");
});

it("renderHtml needs nothing from elsewhere, and lets nobody's words be markup", async () => {
  const history = historyOf();
  history.run.ranOn["nginx-a"] = "<script>alert(1)</script>";
  const html = await renderHtml(judgeHistory(history), history);
  expect(html).not.toMatch(/<script|<link|src=|@import|url\(/);
  expect(html).toContain("&#60;script&#62;");
  expect(html.match(/<svg/g)).toHaveLength(2);
});
