import { expect, it } from "vitest";
import type { Remote } from "../../../cli/ssh";
import { abandonDrain, prepareDrain, stopDrain, untilDrained } from "../../../cli/switchover/drain";

/** A node that answers by what a script has in it, and remembers which parts were asked for. */
function node(name: string, answers: [pattern: RegExp, stdout: string, exitCode?: number][]) {
  const asked: string[] = [];
  const lines: string[] = [];
  const remote: Remote = {
    name,
    async run(script) {
      const [, verb = "", role = ""] = /--quiet (start|stop) nginx-ha-drain@(\w+)/.exec(script) ?? [];
      asked.push(`${verb} ${role}`);
      const [, stdout = "", exitCode = 0] = answers.find(([pattern]) => pattern.test(script)) ?? [];
      return { exitCode, stdout, stderr: "" };
    },
    async start() {
      let each: (line: string) => void = () => {};
      const done = new Promise<{ exitCode: number; stderr: string }>((resolve) =>
        setTimeout(() => {
          for (const line of lines) each(line);
          resolve({ exitCode: 0, stderr: "" });
        }, 0),
      );
      return {
        lines: (told) => {
          each = told;
        },
        write() {},
        end() {},
        kill() {},
        done,
      };
    },
  };
  return { remote, asked, lines };
}

const ready: [RegExp, string] = [/--quiet start/, "ready\n"];

it("prepares the node that takes the VIP, then the one that lets it go", async () => {
  const [from, to] = [node("nginx-a", [ready]), node("nginx-b", [ready])];
  expect(await prepareDrain({ from: from.remote, to: to.remote })).toBe("ready");
  expect([from.asked, to.asked]).toEqual([["start keep"], ["start detour"]]);
});

it("wants none where the stack wants none", async () => {
  const [from, to] = [node("nginx-a", []), node("nginx-b", [[/start/, "off\n"]])];
  expect(await prepareDrain({ from: from.remote, to: to.remote })).toBe("off");
  expect(from.asked).toEqual([]);
});

it("says why a node cannot, and takes the other one's part back", async () => {
  const from = node("nginx-a", [[/start/, "ip: not found\n", 1]]);
  const to = node("nginx-b", [ready]);
  expect(await prepareDrain({ from: from.remote, to: to.remote })).toEqual({
    why: "nginx-a cannot keep established connections: ip: not found",
  });
  expect(to.asked).toEqual(["start detour", "stop detour"]);
});

it("leaves somebody else's alone", async () => {
  const [from, to] = [node("nginx-a", []), node("nginx-b", [[/start/, "busy\n", 1]])];
  await expect(prepareDrain({ from: from.remote, to: to.remote })).rejects.toThrow(
    "another move was prepared on nginx-b",
  );
  expect([from.asked, to.asked]).toEqual([[], ["start detour"]]);
});

it("takes both parts back, the connections' first", async () => {
  const [from, to] = [node("nginx-a", []), node("nginx-b", [])];
  await abandonDrain({ from: from.remote, to: to.remote });
  expect([from.asked, to.asked]).toEqual([["stop keep"], ["stop detour"]]);
});

const over = '{"role":"keep","reason":"time","at":"","seconds":60,"connections":9,"ended":7,"cut":2}';

it("waits for the end, tells what is left, and ends the detour alone: the next move may be under way", async () => {
  const [from, to] = [node("nginx-a", []), node("nginx-b", [])];
  from.lines.push('{"secondsLeft":43,"connections":5}', "", `over ${over}`);
  const told: unknown[] = [];
  const result = await untilDrained({ from: from.remote, to: to.remote }, (one) => told.push(one));
  expect(told).toEqual([{ secondsLeft: 43, connections: 5 }]);
  expect(result).toEqual({ reason: "time", seconds: 60, connections: 9, ended: 7, cut: 2 });
  expect([from.asked, to.asked]).toEqual([[], ["stop detour"]]);
});

it("counts what was cut, wherever it was", async () => {
  const both = [node("nginx-a", [[/stop nginx-ha-drain@keep/, over]]), node("nginx-b", [])];
  expect(await stopDrain(both.map(({ remote }) => remote))).toBe(2);
});
