import { connect } from "node:net";
import { createInterface } from "node:readline";
import { established, heard, within } from "./conversation";

/**
 * One TCP connection from a given port. Each line on stdin is asked on it, and the answer printed, or why there is none; at
 * the end of stdin it ends without waiting, so that its port is free at once. Arguments: ADDRESS PORT
 */
async function main([host = "", localPort = ""]: string[]): Promise<void> {
  const socket = await within(
    10_000,
    established(connect({ host, port: 7000, localPort: Number(localPort) })),
  );
  socket.on("error", () => {});
  console.log("ready");
  for await (const line of createInterface({ input: process.stdin })) {
    socket.write(line);
    console.log(await within(10_000, heard(socket)).catch((error: Error) => error.message));
  }
  socket.resetAndDestroy();
}

main(process.argv.slice(2)).catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
