import { connect } from "node:net";

/**
 * A client that opens a new connection every few milliseconds, whatever became of the earlier ones, and writes what
 * it saw to stdout as JSON lines once it is told to stop (its stdin closes) or its time is over.
 *
 * Arguments: ADDRESS PORT INTERVAL_MS LIMIT_S. A connection may take 1 s. Runs inside the client's network namespace.
 */
const [address = "", port = "80", interval = "5", limit = "60"] = process.argv.slice(2);
const request = `GET /probe HTTP/1.1\r\nHost: ${address}\r\nConnection: close\r\n\r\n`;
const results: string[] = [];
let pending = 0;
let stopped = false;

function probe(): void {
  const start = now();
  const socket = connect({ host: address, port: Number(port) });
  let answer = "";
  let done = false;
  pending++;
  const finish = (error?: string): void => {
    if (done) return;
    done = true;
    pending--;
    socket.destroy();
    const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 0);
    const backend = /"backend":"([^"]+)"/.exec(answer)?.[1];
    results.push(
      JSON.stringify({ start, end: now(), status, ...(backend && { backend }), ...(error && { error }) }),
    );
    if (stopped && pending === 0) report();
  };
  socket.setTimeout(1000, () => finish("no answer in 1 s"));
  socket.on("connect", () => socket.write(request));
  socket.on("data", (data) => {
    answer += data.toString("latin1");
  });
  socket.on("end", () => finish(answer ? undefined : "closed without an answer"));
  socket.on("error", (error: NodeJS.ErrnoException) => finish(error.code ?? error.message));
}

const now = (): number => Math.round((performance.timeOrigin + performance.now()) * 100) / 100;

function stop(): void {
  if (stopped) return;
  stopped = true;
  clearInterval(timer);
  if (pending === 0) report();
}

function report(): void {
  process.stdout.write(`${results.join("\n")}\n`, () => process.exit(0));
}

const timer = setInterval(probe, Number(interval));
setTimeout(stop, Number(limit) * 1000);
process.stdin.on("end", stop).resume();
process.stdout.write("started\n");
