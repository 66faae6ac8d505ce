import type { DrainSettings } from "../../../node/drain/settings";

export const settings: DrainSettings = {
  node: "nginx-b",
  peer: { address: "192.0.2.11", vip: "192.0.2.100" },
  interface: "eth0",
  vip: "192.0.2.100",
  anchor: "169.254.77.51",
  healthName: "health.nginx-ha.internal",
  seconds: 60,
};

/** With an IPv6 address that moves with the VIP. */
export const dual: DrainSettings = {
  ...settings,
  ipv6: { vip: "2001:db8::100", peer: "2001:db8::11" },
};

export const direct: DrainSettings = {
  ...settings,
  tunnel: { address: "192.0.2.12", senior: false, answers: "directly" },
};
const doubled: DrainSettings = {
  ...settings,
  tunnel: { address: "192.0.2.12", senior: false, answers: "doubled" },
};
/** Behind an Elastic IP, which stands for another address on each node. */
export const elastic: DrainSettings = {
  ...doubled,
  vip: "192.0.2.101",
  peer: { ...settings.peer, vip: "192.0.2.102" },
};
/** The modes of EC2. */
export const modes: [string, DrainSettings][] = [
  ["overlayRoute", direct],
  ["secondaryPrivateIp", doubled],
  ["elasticIp", elastic],
];
