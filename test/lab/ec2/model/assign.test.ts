import { expect, test } from "vitest";
import { pair } from "./pair";

/** The spare interface shares the subnet of node a. */
function assigned(allow: boolean) {
  const subject = pair();
  const { lab, enis, allocation } = subject;
  lab.call("AssociateAddress", {
    AllocationId: allocation,
    NetworkInterfaceId: enis.a,
    PrivateIpAddress: "10.0.1.12",
  });
  const ask = { NetworkInterfaceId: enis.spare, PrivateIpAddress: ["10.0.1.12"], AllowReassignment: allow };
  return { ...subject, ask };
}

test("a reassigned address leaves the interface that had it, and its elastic IP moves along", () => {
  const { lab, enis, allocation, ask } = assigned(true);
  lab.call("AssignPrivateIpAddresses", ask);
  expect(lab.region.interfaces[enis.a]?.privateIps).toEqual(["10.0.1.11"]);
  expect(lab.region.interfaces[enis.spare]?.privateIps).toEqual(["10.0.1.21", "10.0.1.12"]);
  expect(lab.region.addresses[allocation]?.association).toMatchObject({
    networkInterfaceId: enis.spare,
    privateIp: "10.0.1.12",
  });
});

test("without leave the address stays", () => {
  const { lab, ask } = assigned(false);
  expect(lab.refusal("AssignPrivateIpAddresses", ask)).toBe("InvalidParameterValue");
});

const { lab, enis } = pair();

test.each([
  [
    "of another subnet",
    { NetworkInterfaceId: enis.b, PrivateIpAddress: ["10.0.1.12"], AllowReassignment: true },
    "InvalidParameterValue",
  ],
  [
    "the primary of another",
    { NetworkInterfaceId: enis.spare, PrivateIpAddress: ["10.0.1.11"], AllowReassignment: true },
    "InvalidParameterValue",
  ],
  [
    "one that AWS keeps",
    { NetworkInterfaceId: enis.a, PrivateIpAddress: ["10.0.1.3"] },
    "InvalidParameterValue",
  ],
  [
    "more than the type has",
    { NetworkInterfaceId: enis.a, SecondaryPrivateIpAddressCount: 3 },
    "PrivateIpAddressLimitExceeded",
  ],
  [
    "both ways at once",
    { NetworkInterfaceId: enis.a, PrivateIpAddress: ["10.0.1.50"], SecondaryPrivateIpAddressCount: 1 },
    "InvalidParameterCombination",
  ],
  ["nothing", { NetworkInterfaceId: enis.a }, "MissingParameter"],
  [
    "a dry run, which this action has not",
    { NetworkInterfaceId: enis.a, PrivateIpAddress: ["10.0.1.50"], DryRun: true },
    "UnknownParameter",
  ],
])("AssignPrivateIpAddresses, %s: %s", (_, parameters, code) => {
  expect(lab.refusal("AssignPrivateIpAddresses", parameters)).toBe(code);
});

test("assigning what is there already is no error", () => {
  const answer = lab.call("AssignPrivateIpAddresses", {
    NetworkInterfaceId: enis.a,
    PrivateIpAddress: ["10.0.1.12"],
  });
  expect(answer.assignedPrivateIpAddressesSet).toEqual([{ privateIpAddress: "10.0.1.12" }]);
});

test("an unassigned address loses its elastic IP; the primary one stays", () => {
  const subject = assigned(true);
  const ask = (address: string) => ({ NetworkInterfaceId: subject.enis.a, PrivateIpAddress: [address] });
  expect(subject.lab.refusal("UnassignPrivateIpAddresses", ask("10.0.1.11"))).toBe("InvalidParameterValue");
  expect(subject.lab.refusal("UnassignPrivateIpAddresses", ask("10.0.1.99"))).toBe("InvalidParameterValue");
  subject.lab.call("UnassignPrivateIpAddresses", ask("10.0.1.12"));
  expect(subject.lab.region.addresses[subject.allocation]?.association).toBeUndefined();
});
