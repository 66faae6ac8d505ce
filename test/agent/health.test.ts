import { type AddressInfo, createServer, type Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { type Around, type Health, judge, newHealth, type Verdict } from "../../agent/health/judge";
import { Peer } from "../../agent/health/peer";
import { answers, ask } from "../../agent/health/probe";
import { formatWord, parseWord, type Word } from "../../agent/health/word";

const around = (more: Partial<Around> = {}): Around => ({
  now: 1_000_000,
  master: true,
  peerEligibleAt: 1_000_000,
  peerFaultAt: Number.NEGATIVE_INFINITY,
  ...more,
});

/** The verdicts of several rounds; `.` answered, `x` did not. */
function rounds(text: string, where: Around = around(), from: Health = newHealth()): [Verdict[], Health] {
  let health = from;
  const verdicts = [...text].map((round) => {
    const [next, verdict] = judge(health, round === ".", where);
    health = next;
    return verdict;
  });
  return [verdicts, health];
}

describe("judge", () => {
  it("finds a hang at the third failure in a row, and not before", () => {
    expect(rounds("xx.xx.")[0]).toEqual(["well", "well", "well", "well", "well", "well"]);
    expect(rounds("xxx")[0]).toEqual(["well", "well", "fault"]);
  });

  it("clears the fault at the third answer in a row", () => {
    const [, health] = rounds("xxx");
    expect(rounds("..x...", around(), health)[0]).toEqual(["well", "well", "well", "well", "well", "clear"]);
  });

  it("goes on as MASTER when the peer could not take over: the last one standing", () => {
    const verdicts = (more: Partial<Around>) => rounds("xxxx", around(more))[0].slice(2);
    expect(verdicts({ peerEligibleAt: 997_000 })).toEqual(["hold", "hold"]);
    expect(verdicts({ peerEligibleAt: 999_900 }), "not heard since: it may hang, too").toEqual([
      "hold",
      "hold",
    ]);
    expect(verdicts({ peerFaultAt: 950_000 })).toEqual(["hold", "hold"]);
    expect(verdicts({ peerFaultAt: 930_000 })).toEqual(["fault", "well"]);
    expect(verdicts({ master: false, peerEligibleAt: 0 })).toEqual(["fault", "well"]);
  });

  it("counts a move only where the VIP left", () => {
    expect(rounds("xxx", around({ master: false }))[1].faultAt).toBe(Number.NEGATIVE_INFINITY);
    expect(rounds("xxx")[1].faultAt).toBe(1_000_000);
  });

  it("moves for a hang at most once a minute", () => {
    const [, once] = rounds("xxx...");
    expect(rounds("xxx", around({ now: 1_030_000, peerEligibleAt: 1_030_000 }), once)[0].at(-1)).toBe("hold");
    expect(rounds("xxx", around({ now: 1_061_000, peerEligibleAt: 1_061_000 }), once)[0].at(-1)).toBe(
      "fault",
    );
  });
});

describe("the peer's word", () => {
  const word: Word = { sequence: 7, vrrp: "BACKUP", eligible: true, faultAge: 12 };
  it("comes back as it was written", () => {
    expect(formatWord(word)).toBe("7 BACKUP eligible 12\n");
    for (const one of [word, { sequence: 0, vrrp: "MASTER", eligible: false }])
      expect(parseWord(formatWord(one))).toEqual(one);
    for (const text of [undefined, "", "7 BACKUP", "x BACKUP eligible -\n", "7 BACKUP maybe -\n"])
      expect(parseWord(text)).toBeUndefined();
  });

  it("counts when it is a new one only, and for as long as it says", () => {
    const peer = new Peer({ address: "192.0.2.12", port: 80, healthName: "h" });
    expect(peer.eligibleAt).toBe(Number.NEGATIVE_INFINITY);
    peer.hear(word, 100_000);
    expect([peer.eligibleAt, peer.faultAt, peer.vrrp(100_000)]).toEqual([100_000, 88_000, "BACKUP"]);
    peer.hear(word, 101_000);
    expect(peer.eligibleAt).toBe(100_000);
    peer.hear({ ...word, sequence: 9, eligible: false }, 102_000);
    expect(peer.eligibleAt).toBe(100_000);
    peer.hear(undefined, 103_000);
    expect(peer.vrrp(103_000)).toBe("-");
  });
});

describe("the probe", () => {
  const serve = async (answer: (socket: Socket) => void) => {
    const server = createServer(answer).listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const nginx = { address: "127.0.0.1", port: (server.address() as AddressInfo).port, healthName: "h" };
    return { nginx, close: () => server.close() };
  };
  const text = (status: number, body: string) =>
    `HTTP/1.1 ${status} X\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

  it.each<[string, (socket: Socket) => void, string | undefined]>([
    ["an answer", (socket) => socket.end(text(200, "abc\n")), "abc\n"],
    ["an answer that stays open", (socket) => socket.write(text(200, "abc\n")), "abc\n"],
    ["an error", (socket) => socket.end(text(503, "abc\n")), undefined],
    ["half an answer", (socket) => socket.end(text(200, "abc\n").slice(0, -2)), undefined],
    ["silence", () => {}, undefined],
  ])("%s", async (_title, answer, expected) => {
    const { nginx, close } = await serve((socket) => {
      socket.on("error", () => {});
      socket.once("data", () => answer(socket));
    });
    expect(await ask(nginx, "/", 300)).toBe(expected);
    expect(await answers(nginx, 3, 300)).toBe(expected !== undefined);
    close();
  });

  it("is answered by nobody where nobody listens", async () => {
    const { nginx, close } = await serve(() => {});
    close();
    expect(await ask(nginx, "/", 300)).toBeUndefined();
  });
});
