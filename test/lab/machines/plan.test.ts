import { expect, test } from "vitest";
import { judge } from "../../../lab/state/inspect";
import { labNames, machineNamespace } from "../../../lab/state/names";
import { labId, machineNamed, planLab } from "../../../lab/state/plan";

const input = { name: "hosts", release: "trixie", clone: "/srv/nginx-ha", slot: 7 } as const;

test("a plan has two nodes, two backends and a client, each with an address of the slot's subnet", () => {
  const plan = planLab(input);
  expect(plan.directory).toBe("/srv/nginx-ha/.lab/hosts");
  expect(plan.machines.map(({ name, image, address }) => `${name} ${image} ${address}`)).toEqual([
    "nginx-a node 198.18.7.11",
    "nginx-b node 198.18.7.12",
    "backend-1 site 198.18.7.21",
    "backend-2 site 198.18.7.22",
    "client site 198.18.7.31",
  ]);
});

test("the id depends on the clone and on the lab's name, and on nothing else", () => {
  const ids = [labId("/a", "x"), labId("/b", "x"), labId("/a", "y"), labId("/a/", "x")];
  expect(ids[0]).toMatch(/^[0-9a-f]{6}$/);
  expect(new Set(ids).size).toBe(3);
  expect(ids[3]).toBe(ids[0]);
  expect(planLab({ ...input, slot: 8, release: "bookworm" }).id).toBe(planLab(input).id);
});

test("every name in the kernel carries the id, and an interface's name has at most 15 characters", () => {
  const { id } = planLab(input);
  const { segment, hostLink, table, cgroup, rejectMetric } = labNames(id);
  for (const name of [segment, hostLink, table, cgroup, machineNamespace(id, "nginx-a")])
    expect(name).toContain(id);
  expect(hostLink.length).toBeLessThanOrEqual(15);
  expect(rejectMetric).toBeLessThan(2 ** 32);
  expect(labNames("ffffff").rejectMetric).toBeLessThan(2 ** 32);
});

test("names that would not fit are refused", () => {
  expect(() => planLab({ ...input, name: "Prod 1" })).toThrow('A lab cannot be called "Prod 1"');
  const machine = (name: string, host = 9) =>
    planLab({ ...input, machines: [{ name, host, image: "node" }] });
  expect(() => machine("a-machine-name-too-long")).toThrow("use at most 15 lower-case letters");
  expect(() => machine("uplink")).toThrow("A machine cannot be called uplink: the lab uses that name.");
  expect(() => machine("x", 1)).toThrow("it must be from 2 to 254");
});

test("an unknown machine is answered with the names of those that there are", () => {
  const message = "The lab hosts has no machine lb-c: it has nginx-a, nginx-b, backend-1, backend-2, client.";
  expect(() => machineNamed(planLab(input), "lb-c")).toThrow(message);
});

test("a lab is judged by its record, the boot it was started in, and what is there", () => {
  const running = { status: "running" } as const;
  expect(judge(undefined, false, [], "now")).toBe("nothing");
  expect(judge("before", false, [running], "now")).toBe("rebooted");
  expect(judge("now", true, [running, { status: "frozen" }], "now")).toBe("running");
  expect(judge("now", true, [running, { status: "off" }], "now")).toBe("broken");
  expect(judge("now", false, [running], "now")).toBe("broken");
});
