import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { faults } from "../../../lab/faults/faults";
import { replaceMachine } from "../../../lab/machines/machine";
import { prepareStack } from "../../../lab/pair/stack";
import { pair } from "./subject";

const clone = join(__dirname, "../../..");

describe("a replaced machine", () => {
  it("is refused with its old host key, and set up in full with the new one", async () => {
    await pair.untilHealthy();
    if ((await pair.holder()) === "nginx-a") {
      await faults["keepalived-stop"].inject(pair.plan, "nginx-a");
      await pair.untilHeldBy("nginx-b");
    }
    await replaceMachine(pair.plan, pair.machine("nginx-a"));
    const refused = await pair.withConfig(["nginx", "routes", 0, "readTimeout"], 61, () => pair.up());
    expect(refused.exitCode).not.toBe(0);
    expect(refused.text).toMatch(/host key mismatch/);
    await prepareStack(pair.plan, clone, pair.lab.pulumi);
    await pair.mustUp();
    await pair.untilHealthy();
    expect(await pair.holder()).toBe("nginx-b");
    expect((await pair.reports())["nginx-a"]).toMatchObject({ VRRP: "BACKUP", NGINX: "active" });
    await pair.mustUp("--expect-no-changes");
  });
});
