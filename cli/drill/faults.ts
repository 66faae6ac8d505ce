import type { DrillFault } from "./scripts";

/** What is known of a platform before a drill. */
export interface Platform {
  /** arp, elasticIp, secondaryPrivateIp or overlayRoute. */
  mode: string;
  /** Milliseconds between two VRRP adverts. */
  advertMs: number;
  /** Seconds that a node which is stopped waits for established connections; 0 for none. */
  drainS: number;
  /** Whether the nodes are containers, which cannot crash by themselves. */
  container: boolean;
  /** Whether somebody can cut a node's power. */
  power: boolean;
}

/** What should come of a fault on the holder. `split`: the standby becomes MASTER beside it until it is undone. */
export type Expected = "moves" | "stays" | "split";

export interface Fault {
  /** In one sentence, for help and reports. */
  what: string;
  expected: Expected;
  /** Whether the node comes back without hands. */
  heals: "itself" | "undone";
  /** Milliseconds that nobody may answer. */
  outageMs(platform: Platform): number;
  /** Whether the machine goes away and boots: what was armed on it is gone then. */
  boots?: true;
  /** A planned move: established connections are held through it, and none may be cut. */
  keeps?: true;
  /** Why a platform cannot have it. */
  cannot?(platform: Platform): string | undefined;
  /** Seconds until the pair must be healthy again; nothing for 60. */
  healS?(platform: Platform): number;
}

/** An API must be asked for the VIP, and says the past for a while. */
const api = ({ mode }: Platform): number => (mode === "arp" ? 0 : 3000);
/** The node says that it is out: no timer of VRRP applies. */
const announced = (platform: Platform): number => 500 + api(platform);
/** Nobody says anything: three adverts and the skew, VRRP's master down timer. */
const silent = (platform: Platform): number => 4 * platform.advertMs + 500 + api(platform);

/** Until a machine that was away is a standby again. */
const BOOT_S = 240;
const HEAL_S = 60;

/** Seconds until the pair must be healthy again after a fault. */
export const healsWithin = (name: DrillFault, platform: Platform): number =>
  faults[name].healS?.(platform) ?? HEAL_S;

/** The faults of a drill, in the order in which they run. */
export const faults: Record<DrillFault, Fault> = {
  "nginx-kill": { what: "nginx is killed", expected: "moves", heals: "itself", outageMs: announced },
  "nginx-stop": { what: "nginx is stopped", expected: "moves", heals: "undone", outageMs: announced },
  "nginx-restart": {
    what: "nginx is restarted by systemctl, and the node hands over first",
    expected: "moves",
    heals: "itself",
    keeps: true,
    outageMs: announced,
    cannot: ({ drainS }) =>
      drainS === 0 ? "established connections are not kept here (drain.seconds, access.httpFrom)" : undefined,
    healS: ({ drainS }) => HEAL_S + drainS,
  },
  "nginx-hang": {
    what: "nginx's workers stand still",
    expected: "moves",
    heals: "undone",
    // Three rounds of the agent's probe.
    outageMs: (platform) => 2500 + api(platform),
  },
  "keepalived-kill": { what: "keepalived is killed", expected: "moves", heals: "itself", outageMs: silent },
  "keepalived-freeze": {
    what: "keepalived stands still",
    expected: "moves",
    heals: "itself",
    outageMs: silent,
  },
  partition: {
    what: "the nodes do not hear each other",
    expected: "split",
    heals: "undone",
    outageMs: silent,
  },
  "api-down": {
    what: "the holder's agent does not reach EC2",
    expected: "stays",
    heals: "undone",
    outageMs: () => 250,
    cannot: ({ mode }) => (mode === "arp" ? "no API moves this VIP" : undefined),
  },
  "node-reboot": {
    what: "the node is rebooted",
    expected: "moves",
    heals: "itself",
    outageMs: (platform) => 2 * announced(platform),
    healS: ({ drainS }) => BOOT_S + drainS,
    boots: true,
  },
  "node-crash": {
    what: "the node loses its power",
    expected: "moves",
    heals: "itself",
    outageMs: silent,
    cannot: ({ container, power }) =>
      container && !power ? "a container cannot crash by itself (--power-off, --power-on)" : undefined,
    healS: () => BOOT_S,
    boots: true,
  },
};

export const faultNames = Object.keys(faults) as DrillFault[];

/** What a fault's expectation is called in a table. */
export const expectedText: Record<Expected, string> = {
  moves: "VIP moves",
  stays: "VIP stays",
  split: "both MASTER, then one",
};
