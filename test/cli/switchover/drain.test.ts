import { expect, it } from "vitest";
import type { Remote } from "../../../cli/ssh";
import { abandonDrain, prepareDrain, stopDrain, untilDrained } from "../../../cli/switchover/drain";

/** A node that answers by what a script has in it, and remembers which parts were asked for. */
function node(name: string, answers: [pattern: RegExp, stdout: string, exitCode?: number][], lasts = false) {
  const asked: string[] = [];
  const lines: string[] = [];
  let killed = false;
  const remote: Remote = {
    name,
    async run(script) {
      const verbs = script.matchAll(/(begin|--quiet stop) (?:nginx-ha-drain@)?(keep|detour)/g);
      asked.push([...verbs].map(([, verb, role]) => `${verb?.split(" ").at(-1)} ${role}`).join(", "));
      const [, stdout = "", exitCode = 0] = answers.find(([pattern]) => pattern.test(script)) ?? [];
      return { exitCode, stdout, stderr: "" };
    },
    async start() {
      let each: (line: string) => void = () => {};
      let end = (): void => {};
      const done = new Promise<{ exitCode: number; stderr: string }>((resolve) => {
        end = () => resolve({ exitCode: 0, stderr: "" });
        setTimeout(() => {
          for (const line of lines) each(line);
          if (!lasts || killed) end();
        }, 0);
      });
      return {
        lines: (told) => {
          each = told;
        },
        write() {},
        end() {},
        kill() {
          killed = true;
          end();
        },
        done,
      };
    },
  };
  return { remote, asked, lines };
}

const ready: [RegExp, string] = [/begin/, "ready\n"];

it("prepares the node that takes the VIP, then the one that lets it go", async () => {
  const [from, to] = [node("nginx-a", [ready]), node("nginx-b", [ready])];
  expect(await prepareDrain({ from: from.remote, to: to.remote })).toBe("ready");
  expect([from.asked, to.asked]).toEqual([["stop detour, begin keep"], ["begin detour"]]);
});

it("wants none where the stack wants none", async () => {
  const [from, to] = [node("nginx-a", []), node("nginx-b", [[/begin/, "off\n"]])];
  expect(await prepareDrain({ from: from.remote, to: to.remote })).toBe("off");
  expect(from.asked).toEqual([]);
});

it("says why a node cannot, and takes the other one's part back", async () => {
  const from = node("nginx-a", [[/begin/, "ip: not found\n", 1]]);
  const to = node("nginx-b", [ready]);
  expect(await prepareDrain({ from: from.remote, to: to.remote })).toEqual({
    why: "nginx-a cannot keep established connections: ip: not found",
  });
  expect([from.asked.at(-1), to.asked]).toEqual(["stop keep", ["begin detour", "stop detour"]]);
});

it("leaves somebody else's alone", async () => {
  const [from, to] = [node("nginx-a", []), node("nginx-b", [[/begin/, "busy\n", 1]])];
  expect(await prepareDrain({ from: from.remote, to: to.remote })).toEqual({
    refusal: expect.stringMatching(/^another move was prepared on nginx-b; .*--now/),
  });
  expect([from.asked, to.asked]).toEqual([[], ["begin detour"]]);
});

it("takes both parts back, the connections' first", async () => {
  const [from, to] = [node("nginx-a", []), node("nginx-b", [])];
  expect(await abandonDrain({ from: from.remote, to: to.remote })).toBe(false);
  expect([from.asked, to.asked]).toEqual([["stop keep"], ["stop detour"]]);
});

it("leaves both to themselves where the old node has not got the VIP back, or does not answer", async () => {
  for (const [said, exitCode, drains] of [
    ["drains\n", 0, true],
    ["", 255, false],
  ] as const) {
    const [from, to] = [node("nginx-a", [[/vrrp-state/, said, exitCode]]), node("nginx-b", [])];
    expect(await abandonDrain({ from: from.remote, to: to.remote })).toBe(drains);
    expect(to.asked).toEqual([]);
  }
});

const patient = new AbortController().signal;
const over = '{"role":"keep","reason":"time","at":"","seconds":60,"connections":9,"ended":7,"cut":2}';

it("waits for the end, tells what is left, and ends the detour alone: the next move may be under way", async () => {
  const [from, to] = [node("nginx-a", []), node("nginx-b", [])];
  from.lines.push('{"secondsLeft":43,"connections":5}', "", `over ${over}`);
  const told: unknown[] = [];
  const result = await untilDrained({ from: from.remote, to: to.remote }, (one) => told.push(one), patient);
  expect(told).toEqual([{ secondsLeft: 43, connections: 5 }]);
  expect(result).toEqual({ reason: "time", seconds: 60, connections: 9, ended: 7, cut: 2 });
  expect([from.asked, to.asked]).toEqual([[], ["stop detour"]]);
});

it("leaves the detour where the way to the old node is lost: it may still have its connections", async () => {
  const [from, to] = [node("nginx-a", []), node("nginx-b", [])];
  from.lines.push('{"secondsLeft":43,"connections":5}');
  expect(await untilDrained({ from: from.remote, to: to.remote }, () => {}, patient)).toBe("untold");
  expect(to.asked).toEqual([]);
});

it("ends the detour where the old node says that it is over, and not what came of it", async () => {
  const [from, to] = [node("nginx-a", []), node("nginx-b", [])];
  from.lines.push("over ");
  expect(await untilDrained({ from: from.remote, to: to.remote }, () => {}, patient)).toBe("untold");
  expect(to.asked).toEqual(["stop detour"]);
});

it("waits no longer when it is interrupted, and leaves both nodes to themselves", async () => {
  const [from, to] = [node("nginx-a", [], true), node("nginx-b", [])];
  const interrupt = new AbortController();
  const left = untilDrained({ from: from.remote, to: to.remote }, () => {}, interrupt.signal);
  setTimeout(() => interrupt.abort(), 10);
  expect(await left).toBe("interrupted");
  expect([from.asked, to.asked]).toEqual([[], []]);
});

it("refuses where somebody else has the second node, and takes the first one's part back", async () => {
  const [from, to] = [node("nginx-a", [[/begin/, "busy\n", 1]]), node("nginx-b", [ready])];
  expect(await prepareDrain({ from: from.remote, to: to.remote })).toEqual({
    refusal: expect.stringMatching(/^another move was prepared on nginx-a; .*--now/),
  });
  expect(to.asked).toEqual(["begin detour", "stop detour"]);
});

it("moves without it when a node does not answer in time, and takes back what it may have begun", async () => {
  const [from, to] = [node("nginx-a", [ready]), node("nginx-b", [])];
  const { run } = to.remote;
  to.remote.run = async (script, limitS) => {
    const answer = await run(script, limitS);
    if (/begin/.test(script)) throw new Error("ssh was not done after 35 s");
    return answer;
  };
  expect(await prepareDrain({ from: from.remote, to: to.remote })).toEqual({
    why: "nginx-b cannot keep established connections: ssh was not done after 35 s",
  });
  expect([from.asked, to.asked]).toEqual([[], ["begin detour", "stop detour"]]);
});

it("counts what was cut, wherever it was", async () => {
  const both = [node("nginx-a", [[/stop nginx-ha-drain@keep/, over]]), node("nginx-b", [])];
  expect(await stopDrain(both.map(({ remote }) => remote))).toBe(2);
});
