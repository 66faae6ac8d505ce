import type { Socket } from "node:dgram";
import { prefixLengthOf } from "../../../config/addresses";
import { gateway, type NetworkInterface, nameServers, type VpcNetwork } from "../network/vpc";

/** What a VPC's DHCP says to a machine: its primary address only, for an hour, as on EC2. */
export interface Lease {
  address: string;
  mask: string;
  router: string;
  nameServer: string;
}

const LEASE_S = 3600;
const COOKIE = Buffer.from([99, 130, 83, 99]);
const [DISCOVER, OFFER, REQUEST, ACK, NAK] = [1, 2, 3, 5, 6];

/** The lease of the interface with this MAC address; nothing for a stranger. */
export function leaseOf(network: VpcNetwork, mac: string): Lease | undefined {
  const one = network.interfaces.find((candidate: NetworkInterface) => candidate.mac === mac);
  if (!one) return undefined;
  const bits = 0xffffffff << (32 - prefixLengthOf(one.subnet));
  const mask = [24, 16, 8, 0].map((shift) => (bits >>> shift) & 255).join(".");
  const nameServer = nameServers(network)[0] ?? "169.254.169.253";
  return { address: one.privateIps[0], mask, router: gateway(one.subnet), nameServer };
}

/** The answer to a message (RFC 2131), and to which address it goes; nothing when it wants none. */
export function dhcpAnswer(message: Buffer, leases: (mac: string) => Lease | undefined) {
  if (message.length < 240 || message[0] !== 1 || !message.subarray(236, 240).equals(COOKIE))
    return undefined;
  const mac = message
    .subarray(28, 34)
    .toString("hex")
    .replace(/(..)(?=.)/g, "$1:");
  const lease = leases(mac);
  const options = optionsOf(message);
  const asked = options.get(53)?.[0];
  if (!lease || (asked !== DISCOVER && asked !== REQUEST)) return undefined;
  const wanted = options.get(50)?.join(".") ?? lease.address;
  const kind = asked === DISCOVER ? OFFER : wanted === lease.address ? ACK : NAK;
  const head = Buffer.from(message.subarray(0, 236));
  head[0] = 2;
  head.fill(0, 44);
  bytes(kind === NAK ? "0.0.0.0" : lease.address).copy(head, 16);
  const said = [option(53, Buffer.from([kind])), option(54, bytes(lease.router))];
  if (kind !== NAK) {
    const time = Buffer.alloc(4);
    time.writeUInt32BE(LEASE_S);
    said.push(option(51, time), option(1, bytes(lease.mask)), option(3, bytes(lease.router)));
    said.push(option(6, bytes(lease.nameServer)), option(26, Buffer.from([1500 >> 8, 1500 & 255])));
  }
  return { address: lease.address, answer: Buffer.concat([head, COOKIE, ...said, Buffer.from([255])]) };
}

/** Answers every machine of the network. */
export function serveDhcp(socket: Socket, network: () => VpcNetwork): void {
  socket.on("message", (message) => {
    const reply = dhcpAnswer(message, (mac) => leaseOf(network(), mac));
    if (reply) socket.send(reply.answer, 68, reply.address);
  });
  socket.on("error", (error) => console.error(`DHCP: ${error.stack}`));
}

function optionsOf(message: Buffer): Map<number, Buffer> {
  const found = new Map<number, Buffer>();
  for (let at = 240; at < message.length && message[at] !== 255; ) {
    const code = message[at] ?? 0;
    const length = code === 0 ? -1 : (message[at + 1] ?? 0);
    if (code !== 0) found.set(code, message.subarray(at + 2, at + 2 + length));
    at += 2 + length;
  }
  return found;
}

const option = (code: number, value: Buffer): Buffer =>
  Buffer.concat([Buffer.from([code, value.length]), value]);
const bytes = (address: string): Buffer => Buffer.from(address.split(".").map(Number));
