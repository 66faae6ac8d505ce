import { once } from "node:events";
import { expect, test } from "vitest";
import { applyVpc } from "../../../../lab/ec2/network/router";
import { vpc } from "./running";
import { start } from "./subject";

/** One connection after the other, until stdin ends: how many there were, and how many failed or took half a second. */
const DIAL = `const net = require("net");
const address = process.argv[2];
let count = 0, late = 0, over = false;
process.stdin.on("end", () => { over = true; }).resume();
(function dial() {
  if (over) return console.log(JSON.stringify({ count, late }));
  const socket = net.connect({ host: address, port: 80, timeout: 500 });
  socket.on("error", () => { late++; }).on("data", () => socket.resetAndDestroy());
  // It waits for the answer: whoever is faster than the server fills its queue, and is lost there.
  socket.on("timeout", () => { late++; socket.destroy(); }).on("close", () => { count++; dial(); });
})();`;

/** Tests of what becomes of those who come while the router's rules are replaced. */
export function replacing(): void {
  test.each([
    ["client", "203.0.113.10"],
    ["c", "10.0.2.12"],
  ])("nobody who comes from %s to %s is lost while all rules are replaced", async (from, address) => {
    const child = start(vpc.network, from, DIAL, [address]);
    let text = "";
    child.stdout?.on("data", (chunk) => {
      text += chunk;
    });
    const ended = once(child, "exit");
    try {
      for (let times = 0; times < 60; times++) await applyVpc(vpc.network);
    } finally {
      child.stdin?.end();
      await ended;
    }
    const { count, late } = JSON.parse(text) as { count: number; late: number };
    expect(count).toBeGreaterThan(200);
    expect(late, `of ${count}`).toBe(0);
  });

  test("of a security group that is no more the rules have nothing", async () => {
    const rules = () => vpc.sh("vpc", "nft list table ip vpc");
    const more = { id: "sg-more", ingress: [{ protocol: -1, peer: { group: "sg-more" } }], egress: [] };
    const { securityGroups } = vpc.network;
    await applyVpc({ ...vpc.network, securityGroups: [...securityGroups, more] });
    for (const name of ["set sg-more_members", "chain sg-more_ingress", "chain sg-more_egress"])
      expect(await rules()).toContain(name);
    await applyVpc(vpc.network);
    expect(await rules()).not.toContain("sg-more");
  });
}
