// Looks at its node every 10 ms and writes each change to stdout, a line of JSON with the node's own time, and a beat
// five times a second. It ends when its stdin closes or its time is over. It stands alone: Node 18 on a node runs it
// as an argument. Arguments: LIMIT_S.

import { readFileSync } from "node:fs";
import { networkInterfaces } from "node:os";

const TRACKS = ["nginx", "hang", "handover"];
const LOOK_EVERY_MS = 10;
const BEAT_EVERY_MS = 200;
const limit = Number(process.argv.at(-1));

const now = () => Math.round((performance.timeOrigin + performance.now()) * 100) / 100;
const read = (path) => {
  try {
    return readFileSync(path, "utf8").trim();
  } catch {
    return "";
  }
};
const environment = () =>
  Object.fromEntries(
    [...read("/etc/nginx-ha/current/node.env").matchAll(/^(\w+)='(.*)'$/gm)].map(([, key, value]) => [
      key,
      value,
    ]),
  );
let env = environment();

/** The state letter of the process that a pid file names; empty when there is none. */
function processState(pidFile) {
  const pid = read(pidFile);
  return pid === "" ? "" : (/\) (\S)/.exec(read(`/proc/${pid}/stat`))?.[1] ?? "");
}

function look() {
  const addresses = networkInterfaces();
  const has = (device, address) => addresses[device]?.some((one) => one.address === address) ?? false;
  const set = TRACKS.filter((name) => /[1-9]/.test(read(`/run/nginx-ha/track/${name}`)));
  const runs = !["", "Z", "X"].includes(processState("/run/vrrp.pid"));
  const master = runs && has("lo", env.ANCHOR);
  const here = env.HOLDS_VIP !== "yes" || has(env.INTERFACE, env.VIP) || has(env.INTERFACE, env.VIP6);
  const api = env.ASKS_API !== "yes" || read("/run/nginx-ha-agent/address") === "held";
  return {
    vrrp: master ? "MASTER" : !runs ? "-" : set.length > 0 ? "FAULT" : "BACKUP",
    // An address that the kernel has is answered for, whatever became of keepalived.
    held: here && api && (env.HOLDS_VIP === "yes" || env.ASKS_API === "yes"),
    nginx: !["", "Z", "X"].includes(processState("/run/nginx.pid")),
    tracks: set.join(" "),
    config: env.CONFIG ?? "",
  };
}

let last = "";
let beaten = 0;
function sample() {
  const at = now();
  const state = look();
  const text = JSON.stringify(state);
  if (text !== last) {
    process.stdout.write(`${JSON.stringify({ t: "node", at, ...state })}\n`);
    last = text;
    beaten = at;
  } else if (at - beaten >= BEAT_EVERY_MS) {
    env = environment();
    process.stdout.write(`${JSON.stringify({ t: "beat", at })}\n`);
    beaten = at;
  }
}

process.stdout.on("error", () => process.exit(1));
process.stdin.on("end", () => process.exit(0)).resume();
setTimeout(() => process.exit(0), limit * 1000);
setInterval(sample, LOOK_EVERY_MS);
