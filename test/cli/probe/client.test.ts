import { spawn } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { createInterface } from "node:readline";
import { afterEach, expect, it, vi } from "vitest";
import { proberFile } from "../../../cli/probe/prober";

const HELD = 8;
const ANSWER = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: keep-alive\r\n\r\nok";
const undo: (() => unknown)[] = [];
afterEach(() => {
  for (const one of undo.splice(0)) one();
});

/** A prober that opens no connection but those that it holds, and what it has told. */
async function prober(onRequest: (socket: Socket) => void) {
  /** Those that are open, and how many requests each has had. */
  const sockets = new Map<Socket, number>();
  let answered = 0;
  const server = createServer((socket) => {
    sockets.set(socket, 0);
    socket.on("error", () => {}).on("close", () => sockets.delete(socket));
    socket.on("data", () => {
      answered++;
      sockets.set(socket, (sockets.get(socket) ?? 0) + 1);
      onRequest(socket);
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const child = spawn(process.execPath, [proberFile, "127.0.0.1", url, "3600000", "60", `${HELD}`, "1000"]);
  undo.push(
    () => child.kill("SIGKILL"),
    () => server.close(),
    () => [...sockets.keys()].forEach((socket) => void socket.destroy()),
  );
  const told: { t: string }[] = [];
  createInterface({ input: child.stdout }).on("line", (line) => told.push(JSON.parse(line)));
  const untilAnswered = (more: number): Promise<unknown> => {
    const wanted = answered + more;
    return vi.waitFor(() => expect(answered).toBeGreaterThanOrEqual(wanted), { timeout: 20_000 });
  };
  /** One that is not heard on yet may well be asked on after its end. */
  const untilAllAsk = (): Promise<unknown> =>
    vi.waitFor(() => expect([...sockets.values()].filter((requests) => requests > 1)).toHaveLength(HELD), {
      timeout: 20_000,
    });
  return { child, sockets, told, untilAnswered, untilAllAsk };
}

// It may be stopped between hearing and asking: that is a matter of microseconds, and no fault of its.
it(
  "hears that a connection has ended before it asks on it, however late it is itself",
  { retry: 2 },
  async () => {
    const { child, sockets, told, untilAllAsk } = await prober((socket) => socket.write(ANSWER));
    await untilAllAsk();
    for (let count = 0; count < 5; count++) {
      child.kill("SIGSTOP");
      await new Promise((done) => setTimeout(done, 100));
      for (const socket of sockets.keys()) socket.end();
      await new Promise((done) => setTimeout(done, 100));
      child.kill("SIGCONT");
      await untilAllAsk();
    }
    expect(told.filter(({ t }) => t === "cut")).toEqual([]);
  },
);

it("tells at its end the longest wait for an answer on what it holds", async () => {
  let late = true;
  const { child, told, untilAllAsk } = await prober((socket) => {
    setTimeout(() => socket.write(ANSWER), late ? 300 : 0);
    late = false;
  });
  await untilAllAsk();
  child.stdin.end();
  await vi.waitFor(() => expect(told.at(-1)).toMatchObject({ event: "end" }), { timeout: 20_000 });
  const { longestHeldMs, heldAnswers } = told.at(-1) as unknown as Record<string, number>;
  expect(heldAnswers).toBeGreaterThan(0);
  expect(longestHeldMs).toBeGreaterThanOrEqual(300);
  expect(longestHeldMs).toBeLessThan(1000);
});

it("tells a request without an answer, and a connection that is reset", async () => {
  let count = 0;
  const { told, untilAnswered } = await prober((socket) => {
    count++;
    if (count % 10 === 0) socket.end();
    else if (count % 10 === 5) socket.resetAndDestroy();
    else socket.write(ANSWER);
  });
  await untilAnswered(HELD * 10);
  await vi.waitFor(
    () => {
      const errors = told.flatMap((one) => ("error" in one ? [one.error] : []));
      expect(new Set(errors)).toEqual(new Set(["closed without an answer", "ECONNRESET"]));
    },
    { timeout: 20_000 },
  );
});
