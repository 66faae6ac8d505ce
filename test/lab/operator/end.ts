import { describe, expect, it } from "vitest";
import { pair, peerOf } from "../pair/subject";
import { nginxHa, printed } from "./subject";

describe("purge", () => {
  it("asks first, takes everything off one node, and leaves the other one serving", async () => {
    await pair.untilHealthy();
    const holder = await pair.holder();
    const standby = peerOf(holder);
    const asked = await nginxHa("purge", standby);
    expect(asked.stderr).toBe(`error: ${standby} was left as it is; add --yes to skip the question`);
    expect(asked.exitCode).toBe(2);
    await pair.untilHealthy();
    const nobody = await nginxHa("purge", "nginx-c", "--yes");
    expect(nobody.stderr).toBe("error: There is no node nginx-c; the stack has nginx-a and nginx-b.");
    for (const turn of ["once", "twice"]) {
      const { stdout, exitCode } = await nginxHa("purge", standby, "--yes");
      expect(stdout, turn).toBe(`${standby}: nothing of nginx-ha is left`);
      expect(exitCode, turn).toBe(0);
    }
    expect((await pair.traces()).filter((line) => line.startsWith(standby))).toEqual([]);
    const status = await nginxHa("status", "--json");
    expect(printed("status", status)).toMatchObject({
      holder,
      problems: expect.arrayContaining([
        expect.objectContaining({
          node: standby,
          text: expect.stringContaining("answers, and nothing of nginx-ha is on it (run: pulumi up)"),
        }),
      ]),
    });
    expect(status.exitCode).toBe(1);
    expect(JSON.parse(await pair.curl()).backend).toMatch(/^backend-/);
  });
});
