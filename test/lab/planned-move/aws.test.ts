import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { failures } from "../../../cli/probe/probes";
import { nodeNames } from "../../../lab/pair/machines";
import { probeWhile } from "../../../lab/probe/probe";
import { launchClient, terminate } from "../aws/client-instance";
import { inOneSubnet } from "../aws/places";
import { inPrivateNetwork } from "../aws/private-network";
import { AwsSubject, peerOf } from "../aws/subject";
import { cutsNobodyOff } from "./cuts-nobody-off";
import { outlivesKills } from "./killed";
import { outlivesTrouble } from "./outlives-trouble";
import { outlivesReplacement } from "./replacement";
import { PlannedMove } from "./subject";

const LAB = "test-planned-move";
const pair = new AwsSubject(`${LAB}-aws`);
const plannedMove = new PlannedMove(pair, LAB, "lab-aws");

/** The long connections' backend is on the Internet's side: no group of the VPC has a say about it. */
const serve = (): Promise<void> => plannedMove.serve({ machine: "client", address: pair.plan.clientAddress });

/** Clients are inside of the VPC from now on. */
async function enter(subnetId = ""): Promise<void> {
  pair.client = await launchClient(pair, subnetId);
  plannedMove.client = pair.client;
  await pair.untilAnswered();
}

/** What hosts have in `npm test`; here in `npm run test:full`, in each mode. */
function outlivesAll(): void {
  if (process.env.NGINX_HA_MATRIX !== "yes") return;
  outlivesTrouble(plannedMove);
  outlivesKills(plannedMove);
}

async function leave(): Promise<void> {
  await terminate(pair, pair.client);
  await plannedMove.end();
  await pair.destroy();
}

beforeAll(() => pair.start());
afterAll(async () => {
  await plannedMove.end();
  await pair.end();
});

describe("mode elasticIp", () => {
  beforeAll(serve);

  cutsNobodyOff(plannedMove);

  it("where the tunnel is none the VIP moves all the same, and the command says why", async () => {
    await pair.untilHealthy();
    const from = await pair.holder();
    const to = peerOf(from);
    const chain = "add chain ip a_firewall arriving { type filter hook prerouting priority -400; }";
    const rule = "add rule ip a_firewall arriving udp dport 7261 drop";
    await pair.succeed(to, `nft 'add table ip a_firewall; ${chain}; ${rule}'`);
    try {
      const { exitCode, stdout } = await plannedMove.nginxHaAnswered("switchover", "--yes");
      expect(stdout).toContain("nothing comes back through the tunnel to ");
      expect(stdout).toContain("let UDP 7261 pass between the nodes");
      expect(stdout).toMatch(/established ones: 8, [1-8] cut/);
      expect(exitCode).toBe(0);
    } finally {
      await pair.succeed(to, "nft delete table ip a_firewall");
    }
    expect(await pair.holder()).toBe(to);
    for (const name of nodeNames) await plannedMove.untilNothingIsLeft(name);
  });

  it("what an operator sets for all interfaces is not set on the tunnel", async () => {
    const file = "/etc/sysctl.d/60-operator.conf";
    const set = "/usr/lib/systemd/systemd-sysctl --prefix=/net/ipv4/conf";
    const each = (command: string): string =>
      ["nha-drain", "nha-other"]
        .map((device, index) => command.replaceAll("DEVICE", device).replace("ID", `${index + 1}`))
        .join("; ");
    const add =
      "ip link add DEVICE type vxlan id ID dstport 7262 remote 127.0.0.1; sysctl -qw net.ipv4.conf.DEVICE.rp_filter=0";
    const seen = await pair.succeed(
      "nginx-a",
      `trap 'rm ${file}; ${each("ip link del DEVICE")}' EXIT
      echo 'net.ipv4.conf.*.rp_filter = 1' >${file}; ${each(`${add}; ${set}/DEVICE`)}
      ${each("sysctl -n net.ipv4.conf.DEVICE.rp_filter")}`,
    );
    expect(seen.split("\n")).toEqual(["0", "1"]);
  });

  outlivesReplacement(plannedMove);

  outlivesAll();

  afterAll(async () => {
    await plannedMove.end();
    await pair.destroy();
  });
});

describe("mode secondaryPrivateIp", () => {
  beforeAll(async () => {
    await pair.configure(["vip"], inOneSubnet);
    await serve();
    await enter(Object.keys((await pair.model()).subnets)[0]);
  });

  cutsNobodyOff(plannedMove);

  it("an API that takes three seconds loses nobody, though no connection keeps the old node waiting", async () => {
    await pair.untilHealthy();
    const from = await pair.holder();
    await pair.faults({ latencyMs: { "*": 3000 } });
    try {
      const probes = await probeWhile(pair.throughVip(), async () => {
        const told = await plannedMove.switchover("--held", "0");
        expect(told).toMatchObject({ moved: true, from, drain: { cut: 0 } });
      });
      expect(failures(probes)).toBe("");
    } finally {
      await pair.faults();
    }
    await pair.untilHealthy();
  });

  outlivesAll();

  afterAll(leave);
});

describe("mode overlayRoute", () => {
  beforeAll(async () => {
    const { clients } = await inPrivateNetwork(pair);
    await serve();
    await enter(clients);
  });

  cutsNobodyOff(plannedMove);

  outlivesAll();
});
