import { type ChildProcess, spawn } from "node:child_process";
import { configureAsDhcp } from "../../../../lab/ec2/network/cables";
import type { NetworkInterface, Route, VpcNetwork } from "../../../../lab/ec2/network/vpc";
import { attempt } from "../../../../lab/host/run";
import { waitFor } from "../../../../lab/host/wait";
import { ip } from "../../../../lab/network/ip";

/** Two nodes in two zones, a third beside the first, a backend without a public address; two clients outside. */
export function subject(id: string): VpcNetwork {
  const local: Route = { destination: "10.0.0.0/16", target: "local" };
  const internet: Route = { destination: "0.0.0.0/0", target: "internet" };
  const overlay: Route = { destination: "10.99.0.10/32", target: { interface: "eni-a" } };
  return {
    id,
    publicRange: "203.0.113.0/24",
    subnets: [
      { cidr: "10.0.1.0/24", zone: "lab-1a", routes: [local, internet, overlay] },
      { cidr: "10.0.2.0/24", zone: "lab-1b", routes: [local, internet, overlay] },
      { cidr: "10.0.3.0/24", zone: "lab-1a", routes: [local] },
    ],
    interfaces: [
      machine(id, "a", "10.0.1.0/24", "lab-1a", ["10.0.1.11", "10.0.1.100"], ["sg-node"]),
      machine(id, "b", "10.0.2.0/24", "lab-1b", ["10.0.2.12", "10.0.2.100"], ["sg-node"]),
      machine(id, "c", "10.0.1.0/24", "lab-1a", ["10.0.1.13"], ["sg-node"]),
      machine(id, "d", "10.0.3.0/24", "lab-1a", ["10.0.3.21"], ["sg-backend"]),
    ],
    securityGroups: [
      {
        id: "sg-node",
        ingress: [
          { protocol: 6, ports: [80, 81], peer: "0.0.0.0/0" },
          { protocol: 112, peer: { group: "sg-node" } },
          { protocol: 1, ports: [8, -1], peer: { group: "sg-node" } },
        ],
        egress: [{ protocol: -1, peer: "0.0.0.0/0" }],
      },
      {
        id: "sg-backend",
        ingress: [{ protocol: 6, ports: [80, 80], peer: { group: "sg-node" } }],
        egress: [{ protocol: 6, ports: [80, 80], peer: "0.0.0.0/0" }],
      },
    ],
    elasticIps: [
      { publicIp: "203.0.113.10", privateIp: "10.0.1.100" },
      { publicIp: "203.0.113.11", privateIp: "10.0.1.11" },
    ],
    internetClients: [
      { name: "client", address: "198.51.100.7" },
      { name: "site", address: "198.51.100.8" },
    ],
    lostZones: [],
  };
}

function machine(
  id: string,
  name: string,
  subnet: string,
  zone: string,
  privateIps: [string, ...string[]],
  groups: string[],
): NetworkInterface {
  return {
    id: `eni-${name}`,
    mac: `02:00:00:00:00:0${name}`,
    subnet,
    zone,
    privateIps,
    sourceDestCheck: true,
    groups,
    attachment: { namespace: `nha-${id}-${name}`, device: "eth0" },
    metadataPort: 8000 + name.charCodeAt(0),
  };
}

/** A network with one interface changed. */
export function withInterface(
  network: VpcNetwork,
  id: string,
  change: Partial<NetworkInterface>,
): VpcNetwork {
  const interfaces = network.interfaces.map((one) => (one.id === id ? { ...one, ...change } : one));
  return { ...network, interfaces };
}

/** Makes the machines' namespaces, which somebody else does in a real lab. */
export async function createMachines({ interfaces }: VpcNetwork): Promise<void> {
  await ip(
    undefined,
    interfaces.map((one) => ["netns", "add", one.attachment?.namespace ?? ""]),
  );
}

/** Switches the machines on: the primary address by DHCP, the second by whoever wants it. */
export async function configureMachines({ interfaces }: VpcNetwork): Promise<void> {
  for (const one of interfaces) {
    await configureAsDhcp(one);
    await ip(
      one.attachment?.namespace,
      one.privateIps.slice(1).map((address) => ["addr", "add", `${address}/32`, "dev", "eth0"]),
    );
  }
}

/** A shell script in one of the network's namespaces, by its short name. */
export async function sh(network: VpcNetwork, where: string, script: string): Promise<string> {
  const argv = ["ip", "netns", "exec", `nha-${network.id}-${where}`, "bash", "-c", script];
  const { stdout, stderr } = await attempt(argv, { timeoutMs: 20_000 });
  return `${stdout}${stderr}`.trim();
}

/** Who answers at an address, and whom it sees; "silence" after the limit, "refused" when told at once. */
export async function ask(network: VpcNetwork, from: string, address: string, port = 80): Promise<string> {
  const dial = `exec 3<>/dev/tcp/${address}/${port} && head -n 1 <&3`;
  const answer = await sh(
    network,
    from,
    `timeout 0.7 bash -c '${dial}' 2>&1 || [ $? != 124 ] || echo silence`,
  );
  return /refused|No route|unreachable/i.test(answer) ? "refused" : answer.split("\n").at(-1) || "silence";
}

/** Answers at ports 80 and 81 with the machine's name and the address that it sees, then echoes. */
const SERVER = `const net = require("net");
for (const port of process.argv.slice(3)) net.createServer((socket) => {
  socket.on("error", () => {});
  socket.write(process.argv[2] + " sees " + socket.remoteAddress + "\\n");
  socket.pipe(socket);
}).listen(Number(port), "0.0.0.0");`;

/** Starts a server in a namespace, and returns when it listens. */
export async function serve(network: VpcNetwork, where: string, ports = ["80", "81"]): Promise<ChildProcess> {
  const child = start(network, where, SERVER, [where, ...ports]);
  const listens = async () => (await sh(network, where, "cat /proc/net/tcp")).includes(" 0A ");
  await waitFor(`the server in ${where}`, 10_000, listens);
  return child;
}

/** Runs a Node script in a namespace. */
export function start(
  network: VpcNetwork,
  where: string,
  script: string,
  args: readonly string[],
): ChildProcess {
  const node = [process.execPath, "-e", script, "script", ...args];
  return spawn("ip", ["netns", "exec", `nha-${network.id}-${where}`, ...node], {
    stdio: ["pipe", "pipe", "inherit"],
  });
}

/** A new connection every 5 ms: who answered when, for as long as told. */
const PROBE = `const net = require("net");
const [, , address, duration] = process.argv;
const answers = [];
let failed = 0;
const timer = setInterval(() => {
  const socket = net.connect({ host: address, port: 80, timeout: 900 });
  socket.on("data", (text) => { answers.push([performance.now(), String(text).split(" ")[0]]); socket.destroy(); });
  socket.on("error", () => { failed++; });
  socket.on("timeout", () => { failed++; socket.destroy(); });
}, 5);
setTimeout(() => clearInterval(timer), Number(duration));
process.on("exit", () => console.log(JSON.stringify({ answers, failed })));`;

/** What a client saw of a move: how long nobody answered, who answered, and how many attempts failed. */
export interface Sighting {
  gapMs: number;
  answered: string[];
  failed: number;
}

/** Watches an address from a client while `move` happens. */
export async function watch(
  network: VpcNetwork,
  from: string,
  address: string,
  move: () => Promise<void>,
): Promise<Sighting> {
  const child = start(network, from, PROBE, [address, "900"]);
  let text = "";
  child.stdout?.on("data", (chunk) => {
    text += chunk;
  });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  await new Promise((resolve) => setTimeout(resolve, 400));
  await move();
  await ended;
  const { answers, failed } = JSON.parse(text) as { answers: [number, string][]; failed: number };
  const times = answers.map(([time]) => time).sort((one, other) => one - other);
  const gaps = times.slice(1).map((time, index) => time - (times[index] ?? time));
  return {
    gapMs: Math.round(Math.max(...gaps)),
    answered: [...new Set(answers.map(([, who]) => who))],
    failed,
  };
}
