import { expect, it } from "vitest";
import { connectionsTo } from "../../../agent/drain/connections";

const heading =
  "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode";
const line = (local: string, state: string, remote = "1F0200C0:D2F0"): string =>
  `   7: ${local} ${remote} ${state} 00000000:00000000 00:00000000 00000000    33        0 41231 1 0000000000000000 20 4 30 10 -1`;

it("counts the connections to an address that still have something to say", () => {
  const states = ["01", "02", "03", "04", "05", "06", "07", "08", "09", "0A", "0B"];
  const table = (state: string) => [heading, line("640200C0:0050", state), ""].join("\n");
  expect(states.filter((state) => connectionsTo("192.0.2.100", table(state)) === 1)).toEqual([
    "01",
    "03",
    "04",
    "08",
    "09",
    "0B",
  ]);
});

it("counts neither those to other addresses nor those from there", () => {
  const lines = [
    line("640200C0:0050", "01"),
    line("640200C0:01BB", "01"),
    line("0B0200C0:0050", "01"),
    line("0B0200C0:0050", "01", "640200C0:0050"),
    line("00000000:0050", "0A"),
  ];
  expect(connectionsTo("192.0.2.100", [heading, ...lines].join("\n"))).toBe(2);
  expect(connectionsTo("10.0.0.1", [heading, ...lines].join("\n"))).toBe(0);
});
