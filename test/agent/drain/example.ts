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
