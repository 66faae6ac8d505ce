import { createHash } from "node:crypto";
import { expect } from "vitest";
import { applyVpc, createVpc, removeVpc } from "../../../../lab/ec2/network/router";
import type { VpcNetwork } from "../../../../lab/ec2/network/vpc";
import { attempt } from "../../../../lab/host/run";
import { subnetOf } from "../../../../lab/network/addresses";
import { unregisterLab } from "../../../../lab/state/kernel";
import { claimSlot } from "../../../../lab/state/slots";
import * as anyNetwork from "./subject";

/** The VPC of these tests, as it runs. */
class RunningVpc {
  readonly id = createHash("sha256").update(`${__filename} ${process.pid}`).digest("hex").slice(0, 6);
  private made?: VpcNetwork;

  get network(): VpcNetwork {
    if (!this.made) throw new Error("the VPC was not started");
    return this.made;
  }

  /** A server on every machine, and on both clients outside. */
  async start(): Promise<void> {
    const slot = await claimSlot(this.id, __dirname);
    const network = { ...anyNetwork.subject(this.id), uplink: subnetOf(slot).hostLink };
    this.made = network;
    await anyNetwork.createMachines(network);
    await timed("create", () => createVpc(network));
    await anyNetwork.configureMachines(network);
    for (const where of ["a", "b", "c", "d", "client", "site"]) await this.serve(where);
  }

  /** Takes back what a test changed. */
  restore = (): Promise<void> => applyVpc(this.network);

  async end(): Promise<void> {
    await timed("remove", () => removeVpc(this.id));
    await unregisterLab(this.id);
    expect(await this.traces()).toEqual([]);
    await removeVpc(this.id);
  }

  ask = (from: string, address: string, port?: number) => anyNetwork.ask(this.network, from, address, port);

  sh = (where: string, script: string) => anyNetwork.sh(this.network, where, script);

  serve = (where: string, ports?: string[]) => anyNetwork.serve(this.network, where, ports);

  /** Applies a network while a client watches an address, and says what the client saw. */
  async watch(what: string, from: string, address: string, moved: VpcNetwork): Promise<anyNetwork.Sighting> {
    const move = () => timed(`move ${what}`, () => applyVpc(moved));
    const seen = await anyNetwork.watch(this.network, from, address, move);
    console.error(`${what}: longest gap ${seen.gapMs} ms, ${seen.failed} failed`);
    return seen;
  }

  /** What says something every 20 ms on one connection, which is there; `said` is what came back so far. */
  async talk(from: string, address: string): Promise<{ said: string[]; end(): void }> {
    const child = anyNetwork.start(this.network, from, TALK, [address]);
    const said: string[] = [];
    child.stdout?.on("data", (text) => said.push(String(text)));
    await expect.poll(() => said.join("")).toContain("echo 1");
    return { said, end: () => child.kill() };
  }

  /** Everything on this machine that carries the VPC's id. */
  private async traces(): Promise<string[]> {
    const looks = [
      ["ip", "netns", "list"],
      ["ip", "-brief", "link"],
      ["ip", "route"],
      ["nft", "list", "ruleset"],
    ];
    const texts = await Promise.all(looks.map(async (argv) => (await attempt(argv)).stdout));
    return texts
      .join("\n")
      .split("\n")
      .filter((line) => line.includes(this.id));
  }
}

export const vpc = new RunningVpc();

export async function timed(what: string, work: () => Promise<void>): Promise<void> {
  const begin = performance.now();
  await work();
  console.error(`${what}: ${Math.round(performance.now() - begin)} ms`);
}

const TALK = `const socket = require("net").connect(80, process.argv[2]);
let count = 0;
setInterval(() => socket.write("echo " + ++count + "\\n"), 20);
socket.on("data", (text) => process.stdout.write(text));
socket.on("error", (error) => { console.log(error.code); process.exit(); });`;
