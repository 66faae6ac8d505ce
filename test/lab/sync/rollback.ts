import { describe, expect, it } from "vitest";
import { pair, peerOf } from "./subject";
import { configs, generationOf, untilSame } from "./words";

describe("a rollback", () => {
  it("makes an earlier generation the next one on both; an up that would undo the stack's part has to say so", async () => {
    const timeout = ["nginx", "routes", 0, "readTimeout"];
    // The route's, or that of all when it is the default.
    const readTimeout = (name: string) =>
      pair.succeed(name, "grep -o 'proxy_read_timeout [0-9]*s' /etc/nginx/nginx.conf | tail -n 1");
    await pair.mustUp();
    await pair.withConfig(timeout, 93, () => pair.mustUp());
    const holder = await pair.holder();
    expect(await readTimeout("nginx-b")).toBe("proxy_read_timeout 93s");
    await pair.succeed(holder, "nginx-ha rollback");
    expect(await readTimeout(peerOf(holder))).toBe("proxy_read_timeout 60s");
    const id = await generationOf(holder);
    const rollback = id?.split("-").slice(0, 2).join("-");
    const before = await configs();

    const refused = await pair.withConfig(timeout, 94, () => pair.up());
    expect(refused.exitCode).not.toBe(0);
    expect(refused.text).toContain(
      `serves ${id}, and this up would undo the rollback ${rollback}; to do so, set sync.acceptOverride to ${rollback}`,
    );
    expect(await configs()).toEqual(before);

    await pair.withConfig(timeout, 94, () =>
      pair.withConfig(["sync", "acceptOverride"], rollback, () => pair.mustUp()),
    );
    expect(await readTimeout(peerOf(holder))).toBe("proxy_read_timeout 94s");
    await pair.mustUp();
    await untilSame();
  });
});
