import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { aliveConnections, filterOf } from "../../../agent/drain/connections";

/** Addresses of this machine's own, which nothing else uses. */
const [vip, other] = ["127.77.1.100", "127.77.1.11"];

describe("counts the connections to an address", () => {
  let servers: Server[];
  let clients: Socket[];
  let accepted: Socket[];
  beforeEach(() => {
    [servers, clients, accepted] = [[], [], []];
  });
  afterEach(() => {
    for (const one of [...clients, ...accepted]) one.destroy();
    for (const one of servers) one.close();
  });

  async function serve(address: string): Promise<number> {
    const server = createServer({ allowHalfOpen: true }, (socket) => {
      accepted.push(socket);
      socket.on("error", () => {}).resume();
    }).listen(0, address);
    servers.push(server);
    await once(server, "listening");
    return (server.address() as AddressInfo).port;
  }
  async function client(host: string, port: number, localAddress = "127.0.0.1"): Promise<Socket> {
    const [expected, socket] = [
      accepted.length + 1,
      connect({ host, port, localAddress, allowHalfOpen: true }),
    ];
    clients.push(socket.on("error", () => {}));
    socket.resume();
    await vi.waitFor(() => expect(accepted.length, "accepted connections").toBe(expected), LIMIT);
    return socket;
  }
  const LIMIT = { timeout: 20_000, interval: 20 };
  const untilCounted = (count: number) =>
    vi.waitFor(
      async () => expect(await aliveConnections(["src", vip]), `connections to ${vip}`).toBe(count),
      LIMIT,
    );

  it("and neither those to other addresses nor those from there", async () => {
    const [port, elsewhere] = [await serve(vip), await serve(other)];
    expect(await aliveConnections(["src", vip]), "what only listens").toBe(0);
    for (let count = 0; count < 3; count++) await client(vip, port);
    await client(other, elsewhere);
    await untilCounted(3);
    expect(await aliveConnections(["src", other])).toBe(1);
    expect(await aliveConnections(["src", "192.0.2.1"])).toBe(0);
  });

  it("that still have something to say: of those half closed, the ones whose client has ended", async () => {
    const port = await serve(vip);
    const first = await client(vip, port);
    await client(vip, port);
    await untilCounted(2);
    // CLOSE_WAIT here, then FIN_WAIT2, then nothing at all.
    first.end();
    await once(accepted[0] as Socket, "end");
    await untilCounted(2);
    (accepted[1] as Socket).end();
    await untilCounted(1);
    (accepted[0] as Socket).end();
    await untilCounted(0);
  });
});

it("leaves out, behind an Elastic IP, whoever has reached the node's own address", async () => {
  const elastic = filterOf({ vip: "10.0.0.101", peer: { address: "10.0.0.12", vip: "10.0.0.102" } });
  expect(elastic.join(" ")).toBe(
    "src 10.0.0.101 and not dst 10.0.0.0/8 and not dst 100.64.0.0/10 and not dst 172.16.0.0/12 and not dst 192.168.0.0/16",
  );
  expect(await aliveConnections(elastic), "ss takes it").toBe(0);
  expect(filterOf({ vip, peer: { address: other, vip } })).toEqual(["src", vip]);
});

describe("says why it cannot be known", () => {
  let bin: string;
  beforeEach(() => {
    bin = mkdtempSync(join(tmpdir(), "nginx-ha-ss-"));
    vi.stubEnv("PATH", bin);
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(bin, { recursive: true, force: true });
  });

  it("where there is no ss", async () => {
    await expect(aliveConnections(["src", vip])).rejects.toThrow("spawn ss ENOENT");
  });

  it("in its own words", async () => {
    writeFileSync(
      join(bin, "ss"),
      "#!/bin/sh\necho one line\necho 'Cannot open netlink socket' >&2\nexit 1\n",
      {
        mode: 0o755,
      },
    );
    await expect(aliveConnections(["src", vip])).rejects.toThrow("ss: Cannot open netlink socket");
  });
});
