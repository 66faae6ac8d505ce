import { writeFileSync } from "node:fs";
import { ec2 } from "./ec2/api";
import { roleCredentials } from "./ec2/credentials";
import { imds } from "./ec2/imds";
import { holdsAnchor, watchFifo } from "./keepalived";
import { log, reasonOf } from "./log";
import { readSettings } from "./settings";
import { vipClaim } from "./vip";
import { newWorker } from "./worker";

const SETTINGS = "/etc/nginx-ha/current/agent.json";
const FIFO = "/run/nginx-ha/vrrp.fifo";
/** `held` or `-`, for whoever asks the node for its state. */
const NOTE = `${process.env.RUNTIME_DIRECTORY ?? "/run/nginx-ha-agent"}/address`;

/** The node's agent: while keepalived makes this node MASTER, the VIP is made to lead here. */
async function main(): Promise<void> {
  const { region, anchor, claim } = readSettings(SETTINGS);
  const metadata = imds();
  const credentials = roleCredentials(metadata);
  // Fetched before they are needed; without them the first call says what is wrong.
  await credentials.get().catch((error: unknown) => log("no credentials yet", { reason: reasonOf(error) }));
  const domain = await metadata("meta-data/services/domain").catch(() => "amazonaws.com");
  const call = ec2({ url: `https://ec2.${region}.${domain}`, region }, credentials);
  const worker = newWorker({
    claim: vipClaim(call, claim),
    isMaster: () => holdsAnchor(anchor),
    note: (held) => writeFileSync(NOTE, held ? "held\n" : "-\n"),
  });
  const end = new AbortController();
  process.once("SIGTERM", () => end.abort());
  watchFifo(FIFO, (state) => worker.wake(state));
  log("started", { region, mode: claim.mode, master: `${holdsAnchor(anchor)}` });
  await worker.run(end.signal);
  process.exit(0);
}

main().catch((error: unknown) => {
  log("cannot start", { reason: reasonOf(error) });
  process.exit(1);
});
