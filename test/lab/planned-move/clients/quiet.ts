import { connect, type Socket } from "node:net";
import { established, heard, within } from "./conversation";
import { address, type Became, host, idleCount } from "./kind";

/** After one request it says nothing: nginx may close it, by an end, never by a reset; then it comes back by another one. */
export async function keepalive() {
  const socket = await established(connect(80, address));
  let error: string | undefined;
  let ended = false;
  socket.on("error", (one) => {
    error = one.message;
  });
  socket.on("end", () => {
    ended = true;
  });
  socket.write(`GET /long/ HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
  await heard(socket);
  return {
    async end() {
      if (ended) return { answers: 2, longestMs: 0, ...(await again()) };
      if (error === undefined) {
        socket.write(`GET /long/ HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
        try {
          await within(10_000, heard(socket));
        } catch (one) {
          // It was ended at this very moment.
          if (ended) return { answers: 2, longestMs: 0, ...(await again()) };
          error = (one as Error).message;
        }
      }
      socket.destroy();
      return { answers: 1, longestMs: 0, ...(error !== undefined && { error }) };
    },
  };
}

async function again(): Promise<Pick<Became, "cameBack" | "error">> {
  try {
    const socket = await established(connect(80, address));
    socket.write(`GET /long/ HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
    await within(10_000, heard(socket));
    socket.destroy();
    return { cameBack: true };
  } catch (error) {
    return { error: `closed in order, and then: ${(error as Error).message}` };
  }
}

/** They say nothing for the whole time, and one word at its end. */
export async function idle() {
  const sockets: Socket[] = [];
  let resets = 0;
  const failed = ({ code }: NodeJS.ErrnoException): void => {
    if (code === "ECONNRESET") resets++;
  };
  for (let count = 0; count < idleCount; count++)
    sockets.push((await established(connect(7000, address))).on("error", failed));
  return {
    async end() {
      const words = sockets.map((socket) => {
        socket.write("here");
        return within(10_000, heard(socket)).finally(() => socket.destroy());
      });
      const all = await Promise.allSettled(words);
      const lost = all.filter(({ status }) => status === "rejected").length;
      return {
        answers: all.length - lost,
        longestMs: 0,
        ...(lost > 0 && { error: `${lost} of ${all.length} are cut, ${resets} by a reset` }),
      };
    },
  };
}
