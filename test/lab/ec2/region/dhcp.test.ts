import { expect, it } from "vitest";
import { dhcpAnswer, leaseOf } from "../../../../lab/ec2/region/dhcp";
import { subject } from "../network/subject";

const network = subject("abcdef");
const [first] = network.interfaces;
const MAC = "02:00:00:00:00:0a";
const leases = (mac: string) =>
  mac === MAC
    ? { address: "10.0.1.11", mask: "255.255.255.0", router: "10.0.1.1", nameServer: "10.0.0.2" }
    : undefined;

/** A message of a client, as RFC 2131 has it. */
function message(kind: number, wanted?: string, mac = MAC): Buffer {
  const head = Buffer.alloc(240);
  head[0] = 1;
  head.writeUInt32BE(0xdeadbeef, 4);
  Buffer.from(mac.replaceAll(":", ""), "hex").copy(head, 28);
  Buffer.from([99, 130, 83, 99]).copy(head, 236);
  const asked = wanted ? [50, 4, ...wanted.split(".").map(Number)] : [];
  return Buffer.concat([head, Buffer.from([53, 1, kind, ...asked, 255])]);
}

const kindOf = (answer: Buffer | undefined) => answer?.[242];

it("offers an interface its primary address, and confirms it", () => {
  const offer = dhcpAnswer(message(1), leases);
  expect(kindOf(offer?.answer)).toBe(2);
  expect(offer?.address).toBe("10.0.1.11");
  expect([...(offer?.answer.subarray(16, 20) ?? [])]).toEqual([10, 0, 1, 11]);
  expect(offer?.answer.readUInt32BE(4)).toBe(0xdeadbeef);
  expect(kindOf(dhcpAnswer(message(3, "10.0.1.11"), leases)?.answer)).toBe(5);
});

it("refuses another address than the interface's, and says nothing to strangers", () => {
  expect(kindOf(dhcpAnswer(message(3, "10.0.1.99"), leases)?.answer)).toBe(6);
  expect(dhcpAnswer(message(1, undefined, "02:00:00:00:00:ff"), leases)).toBeUndefined();
  expect(dhcpAnswer(message(7), leases)).toBeUndefined();
  expect(dhcpAnswer(Buffer.from("noise"), leases)).toBeUndefined();
});

it("knows an interface by its MAC address, and gives it the VPC's gateway and name server", () => {
  expect(leaseOf(network, first?.mac ?? "")).toEqual({
    address: "10.0.1.11",
    mask: "255.255.255.0",
    router: "10.0.1.1",
    nameServer: "10.0.0.2",
  });
  expect(leaseOf(network, "02:ff:ff:ff:ff:ff")).toBeUndefined();
});
