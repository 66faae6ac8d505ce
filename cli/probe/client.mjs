// A client that opens a new connection every few milliseconds, whatever became of the earlier ones, and holds others
// open. It writes what it saw to stdout, a line of JSON each, until its stdin closes or its time is over. It stands
// alone, so that any machine with Node 18 can run it from its stdin's first bytes or as an argument.
//
// Arguments: ADDRESS URL INTERVAL_MS LIMIT_S HELD REQUEST_MS. URL gives scheme, Host header and path; a request may take
// REQUEST_MS: beyond a second, it is TCP that asks again.

import { connect } from "node:net";
import { connect as connectTls } from "node:tls";

const [address = "", where = "", interval = "5", limit = "60", held = "0", patience = "1000"] =
  process.argv.slice(-6);
const url = new URL(where);
const tls = url.protocol === "https:";
const port = Number(url.port) || (tls ? 443 : 80);
const LIMIT_MS = Number(patience);
const HELD_EVERY_MS = 50;
const WRITE_EVERY_MS = 100;

const request = (connection) =>
  `GET ${url.pathname}${url.search} HTTP/1.1\r\nHost: ${url.host}\r\nUser-Agent: nginx-ha-prober\r\nConnection: ${connection}\r\n\r\n`;
const now = () => Math.round((performance.timeOrigin + performance.now()) * 100) / 100;

let lines = [];
// Of the connections that are held: the longest that one has waited for an answer.
let longestHeldMs = 0;
// Answers on them, all together.
let heldAnswers = 0;
let pending = 0;
let stopped = false;
const tell = (line) => lines.push(JSON.stringify(line));

function dial() {
  if (!tls) return connect({ host: address, port });
  // Who it is, is not what is asked here: a certificate of the lab's own will do.
  return connectTls({ host: address, port, servername: url.hostname, rejectUnauthorized: false });
}

/** One new connection with one request. `connected` tells one that was refused from one that was cut. */
function probe() {
  const start = now();
  const socket = dial();
  let answer = "";
  let connected = false;
  let done = false;
  pending++;
  const finish = (error) => {
    if (done) return;
    done = true;
    pending--;
    socket.destroy();
    const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 0);
    const backend = /"backend":"([^"]+)"/.exec(answer)?.[1];
    tell({
      t: "probe",
      start,
      end: now(),
      status,
      connected,
      ...(backend && { backend }),
      ...(error && { error }),
    });
  };
  socket.setTimeout(LIMIT_MS, () => finish(`no answer in ${LIMIT_MS} ms`));
  socket.on(tls ? "secureConnect" : "connect", () => {
    connected = true;
    socket.write(request("close"));
  });
  socket.on("data", (data) => {
    answer += data.toString("latin1");
  });
  socket.on("end", () => finish(answer ? undefined : "closed without an answer"));
  socket.on("error", (error) => finish(error.code ?? error.message));
}

/**
 * A connection that stays, with a request now and then. nginx may end it after a whole answer; all else is a cut. Before it
 * asks it hears what has arrived meanwhile: a request on a connection that has ended already is our own lateness.
 */
function hold() {
  const socket = dial();
  let answer = "";
  let asked = 0;
  let over = false;
  const end = (why) => {
    if (over) return;
    over = true;
    clearInterval(timer);
    socket.destroy();
    if (stopped) return;
    if (asked > 0 && why !== undefined) tell({ t: "cut", at: now(), error: why });
    setTimeout(hold, 100);
  };
  const timer = setInterval(() => {
    if (asked > 0 && answer === "")
      return now() - asked > LIMIT_MS ? end(`no answer in ${LIMIT_MS} ms`) : undefined;
    return setImmediate(ask);
  }, HELD_EVERY_MS);
  const ask = () => {
    if (over) return;
    answer = "";
    asked = now();
    socket.write(request("keep-alive"));
  };
  socket.on("data", (data) => {
    if (answer === "") {
      longestHeldMs = Math.max(longestHeldMs, now() - asked);
      heldAnswers++;
    }
    answer += data.toString("latin1");
    if (/\r\nConnection: close\r\n/i.test(answer)) end();
  });
  socket.on("end", () => end(answer === "" ? "closed without an answer" : undefined));
  socket.on("error", (error) => end(error.code ?? error.message));
}

function write() {
  if (lines.length > 0) process.stdout.write(`${lines.join("\n")}\n`);
  lines = [];
}

function stop() {
  if (stopped) return;
  stopped = true;
  clearInterval(timer);
  const deadline = now() + LIMIT_MS + 500;
  const end = setInterval(() => {
    if (pending > 0 && now() < deadline) return;
    clearInterval(end);
    const longest = Math.round(longestHeldMs * 10) / 10;
    tell({ t: "prober", at: now(), event: "end", heldAnswers, longestHeldMs: longest });
    const last = lines.join("\n");
    process.stdout.write(`${last}\n`, () => process.exit(0));
  }, 10);
}

const timer = setInterval(probe, Number(interval));
for (let count = 0; count < Number(held); count++) hold();
setInterval(write, WRITE_EVERY_MS);
setTimeout(stop, Number(limit) * 1000);
process.stdin.on("end", stop).resume();
process.stdout.on("error", () => process.exit(1));
process.stdout.write(`${JSON.stringify({ t: "prober", at: now(), event: "start" })}\n`);
