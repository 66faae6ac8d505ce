import { problemsOf } from "../../../cli/status/judge";
import { waitFor } from "../../../lab/host/wait";
import { nodeNames } from "../../../lab/pair/machines";
import { pair, peerOf } from "../pair/subject";
import { wordsOf } from "./words-of";

/** Of the pair of hosts. */
export const {
  syncOf,
  alarmsOf,
  generationOf,
  write,
  publish,
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
