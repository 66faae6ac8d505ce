import { expect, test } from "vitest";
import { hierarchies } from "../../../lab/host/cgroups";
import { identify, isAlive } from "../../../lab/host/processes";
import { missingPackages, obstacle } from "../../../lab/host/requirements";
import { waitFor } from "../../../lab/host/wait";

const complete = { platform: "linux", isRoot: true, has: () => true };

test("a complete host has nothing in the way", () => {
  expect(obstacle(complete)).toBeUndefined();
  expect(missingPackages(complete)).toEqual([]);
});

test("each thing that is in the way is one sentence with its remedy", () => {
  expect(obstacle({ ...complete, platform: "darwin" })).toContain("needs a Linux host (this is darwin)");
  expect(obstacle({ ...complete, isRoot: false })).toContain("run `sudo npm run lab`");
  const bare = { ...complete, has: (path: string) => !/\/(nft|mmdebstrap|apt-get)$/.test(path) };
  expect(obstacle(bare)).toContain("install mmdebstrap, nftables (Debian's names)");
});

test("missing commands are no obstacle where apt-get is", () => {
  const host = { ...complete, has: (path: string) => !path.endsWith("/systemd-nspawn") };
  expect(obstacle(host)).toBeUndefined();
  expect(missingPackages(host)).toEqual(["systemd-container"]);
});

test("the cgroup hierarchies of a hybrid host and of a cgroup v2 host are found", () => {
  const hybrid = [
    "30 25 0:26 / /sys/fs/cgroup/unified rw,nosuid - cgroup2 cgroup2 rw",
    "31 25 0:27 / /sys/fs/cgroup/systemd rw,nosuid - cgroup cgroup rw,xattr,name=systemd",
    "32 25 0:28 / /sys/fs/cgroup/cpu rw,nosuid - cgroup cgroup rw,cpu",
  ].join("\n");
  expect(hierarchies(hybrid)).toEqual({
    unified: ["/sys/fs/cgroup/unified"],
    systemd: ["/sys/fs/cgroup/systemd"],
  });
  const plain = "30 25 0:26 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate";
  expect(hierarchies(plain)).toEqual({ unified: ["/sys/fs/cgroup"], systemd: [] });
});

test("a process with a recycled number is not the one that was meant", () => {
  const self = identify(process.pid);
  if (!self) throw new Error("we do not run");
  expect(isAlive(self)).toBe(true);
  expect(isAlive({ ...self, startTime: self.startTime + 1 })).toBe(false);
});

test("a wait that is in vain says what it awaited and for how long", async () => {
  await expect(waitFor("rain", 50, () => false)).rejects.toThrow("waited 0.05 s for rain");
});
