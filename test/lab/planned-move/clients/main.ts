import { createInterface } from "node:readline";
import { busy } from "./busy";
import { endAll, within } from "./conversation";
import { idleHttp2 } from "./idle-http2";
import { address, address6, type Became, type Kind } from "./kind";
import { idle, keepalive } from "./quiet";
import { grpc, tcp, websocket } from "./talks";
import { download, http2, upload } from "./transfers";

/**
 * Long connections of every kind, in the lab's client. Prints `ready` when all are established, and when a line comes on
 * stdin it ends those that would go on for ever, waits for the others and prints what became of each as one line of JSON.
 * Arguments: ADDRESS IDLE (how many connections that say nothing) CHUNKS (blocks of a transfer) EVERY_MS (from one to the
 * next) ADDRESS6 (of the VIP by IPv6, if it has one)
 */
const kinds: Record<string, Kind> = {
  download,
  upload,
  websocket: websocket(address),
  tcp: tcp(address),
  grpc,
  http2,
  busy,
  keepalive,
  idleHttp2,
  idle,
  ...(address6 && { websocket6: websocket(address6), tcp6: tcp(address6) }),
};

/** A transfer takes 40 s, on a busy machine more. */
const ENDED_MS = 120_000;

async function main(): Promise<void> {
  const open = new Map<string, { end(): Promise<Became> }>();
  for (const [name, kind] of Object.entries(kinds)) {
    open.set(
      name,
      await within(10_000, kind()).catch((error: Error) => {
        throw new Error(`${name}: ${error.message}`);
      }),
    );
  }
  console.log("ready");
  const lines = createInterface({ input: process.stdin });
  await new Promise((done) => lines.once("line", done).once("close", done));
  endAll();
  const ended = async (name: string, one: { end(): Promise<Became> }): Promise<[string, Became]> => [
    name,
    await within(ENDED_MS, one.end()).catch(({ message }: Error) => ({
      answers: 0,
      longestMs: 0,
      error: message,
    })),
  ];
  const all = await Promise.all([...open].map(([name, one]) => ended(name, one)));
  console.log(JSON.stringify(Object.fromEntries(all)));
  process.exit(0);
}

setTimeout(() => {
  console.error("the clients took more than 5 min");
  process.exit(1);
}, 300_000).unref();

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
