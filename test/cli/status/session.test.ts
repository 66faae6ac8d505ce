import { describe, expect, it, vi } from "vitest";
import type { Running } from "../../../cli/run";
import type { Remote } from "../../../cli/ssh";
import { lastingLook } from "../../../cli/status/session";

const REPORT = "NODE=nginx-a\nVRRP=MASTER\nNGINX=active\nADDRESS=held\nCONFIG=c1";
const END = "=== nginx-ha ";
const unheard = new AbortController().signal;

/** A node that says this to each question; nothing is silence. */
function node(...answers: (string | undefined)[]) {
  const logins: { asked: number; ended: boolean; over(stderr: string): void }[] = [];
  const remote: Remote = {
    name: "nginx-a",
    run: () => Promise.reject(new Error("a login of its own")),
    async start() {
      let tell: (line: string) => void = () => {};
      let over: (stderr: string) => void = () => {};
      const done = new Promise<{ exitCode: number; stderr: string }>((ended) => {
        over = (stderr) => ended({ exitCode: 255, stderr });
      });
      const login = { asked: 0, ended: false, over };
      logins.push(login);
      const running: Running = {
        lines: (each) => (tell = each),
        write() {
          login.asked++;
          for (const line of answers.shift()?.split("\n") ?? []) tell(line);
        },
        end() {},
        kill: () => (login.ended = true),
        done,
      };
      return running;
    },
  };
  return { remote, logins };
}

describe("lastingLook", () => {
  it("asks over one login as often as somebody wants to know", async () => {
    const { remote, logins } = node(`${REPORT}\n${END}0`, `${REPORT.replace("c1", "c2")}\n${END}0`);
    const { look, end } = lastingLook(remote, 60);
    expect(await look(unheard)).toMatchObject({ report: { CONFIG: "c1" } });
    expect(await look(unheard)).toMatchObject({ report: { CONFIG: "c2" } });
    expect(logins).toMatchObject([{ asked: 2, ended: false }]);
    end();
    await vi.waitFor(() => expect(logins[0]?.ended).toBe(true));
  });

  it.each([
    [`Welcome\n${END}0`, "answers, and not with a status: its shell says something of its own"],
    [`bash: no such file\n${END}127`, "answers, and nothing of nginx-ha is on it (run: pulumi up)"],
    [`${END}124`, "does not answer within 2 s"],
  ])("%j: %s", async (said, reason) => {
    expect(await lastingLook(node(said).remote, 60).look(unheard)).toEqual({ reason });
  });

  it("says why a login ended, and logs in again with the next question", async () => {
    const { remote, logins } = node(undefined, `${REPORT}\n${END}0`);
    const { look } = lastingLook(remote, 60);
    const first = look(unheard);
    await vi.waitFor(() => expect(logins[0]?.asked).toBe(1));
    logins[0]?.over("Connection refused\n");
    expect(await first).toEqual({ reason: "does not answer: Connection refused" });
    expect(await look(unheard)).toMatchObject({ report: { NODE: "nginx-a" } });
    expect(logins).toHaveLength(2);
  });

  it("gives a silent one up when nobody waits any more, and does not take its late answer for the next one's", async () => {
    const { remote, logins } = node(undefined, `${REPORT}\n${END}0`);
    const { look } = lastingLook(remote, 60);
    const enough = new AbortController();
    const first = look(enough.signal);
    enough.abort();
    expect(await first).toEqual({ reason: "does not answer within 2 s" });
    await vi.waitFor(() => expect(logins[0]?.ended).toBe(true));
    expect(await look(unheard)).toMatchObject({ report: { CONFIG: "c1" } });
    expect(logins).toHaveLength(2);
  });
});
