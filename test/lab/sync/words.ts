import { problemsOf } from "../../../cli/status/judge";
import { waitFor } from "../../../lab/host/wait";
import { nodeNames } from "../../../lab/pair/machines";
import { pair, peerOf } from "./subject";
import { wordsOf } from "./words-of";

/** Of the pair of hosts. */
export const {
  syncOf,
  alarmsOf,
  generationOf,
  write,
  publish,
  publishNew,
  answerOf,
  untilSame,
  standingAt,
  untilStanding,
} = wordsOf(pair);

/** Who has the VIP, and who has not. */
export const ready = async () => {
  const holder = await pair.holder();
  return { holder, standby: peerOf(holder) };
};

/** By which its peer reaches a node. */
export const addressOf = (name: string): Promise<string> =>
  pair.succeed(name, ". /etc/nginx-ha/current/node.env; echo $ADDRESS");

/** What keepalived made of a node; nothing while it boots. */
export const vrrpOf = async (name: string): Promise<string | undefined> =>
  (await pair.sh(name, "/etc/nginx-ha/current/bin/vrrp-state").catch(() => undefined))?.stdout.trim();

/** The hash of what each node serves. */
export const configs = (): Promise<string[]> =>
  Promise.all(
    nodeNames.map((name) =>
      pair.succeed(name, "sed -n 's/^CONFIG=//p' /etc/nginx-ha/serving/generation.env"),
    ),
  );

/** What a node that has booted said of the gate. */
export const gateOf = (name: string): Promise<string> =>
  pair.succeed(name, "journalctl -b -u nginx-ha-gate -o cat --no-pager");

const homes = ["/etc/nginx-ha", "/etc/nginx-ha/secrets"];
const copies = homes.flatMap((home) => [`${home}/drift/*`, `${home}/conflicts/*`]).join(" ");

/** Removes what was kept aside, as an operator would who has seen it, until nothing is wrong with the pair. */
export async function untilCleared(): Promise<void> {
  const cleared = async (): Promise<boolean> => {
    await Promise.all(nodeNames.map((name) => pair.sh(name, `rm -rf ${copies}`)));
    return problemsOf(await pair.status()).length === 0;
  };
  await waitFor("a healthy pair without drift and conflicts", 90_000, cleared, 500);
  await untilSame();
}
