import { type ClientHttp2Session, connect as connectHttp2, constants } from "node:http2";
import { within } from "./conversation";
import { address, type Became, host } from "./kind";

/** HTTP/2 without a stream: nginx says GOAWAY and closes it, and the client comes back by another one. */
export async function idleHttp2() {
  const session = open();
  let said: number | undefined;
  session.on("goaway", (code) => {
    said = code;
  });
  await asked(session);
  return {
    async end(): Promise<Became> {
      const one = { answers: 1, longestMs: 0 };
      const { closed } = session;
      session.destroy();
      if (!closed) return { ...one, error: "nobody closed it" };
      if (said !== constants.NGHTTP2_NO_ERROR) return { ...one, error: `closed with GOAWAY ${said}` };
      const next = open();
      try {
        await asked(next);
        return { answers: 2, longestMs: 0, cameBack: true };
      } catch (error) {
        return { ...one, error: `told to go, and then: ${(error as Error).message}` };
      } finally {
        next.destroy();
      }
    },
  };
}

function open(): ClientHttp2Session {
  const session = connectHttp2(`https://${address}`, { servername: host, rejectUnauthorized: false });
  return session.on("error", () => {});
}

const asked = (session: ClientHttp2Session): Promise<unknown> =>
  within(
    10_000,
    new Promise((done, failed) => {
      const stream = session.request({ ":path": "/long/", ":authority": host });
      stream.on("error", failed).on("close", () => failed(new Error("closed without an answer")));
      stream.on("end", done).resume();
    }),
  );
