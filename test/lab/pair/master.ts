import { describe, expect, it } from "vitest";
import { run } from "../../../lab/host/run";
import type { BackendAnswer } from "../../../lab/pair/backends";
import { pair } from "./subject";

describe("the MASTER", () => {
  it("spreads requests over both backends and tells them of the client", async () => {
    const answers: BackendAnswer[] = [];
    for (let i = 0; i < 8; i++) answers.push(JSON.parse(await pair.curl(`/some/path?n=${i}`)));
    const client = pair.machine("client").address;
    expect(new Set(answers.map((answer) => answer.backend))).toEqual(new Set(["backend-1", "backend-2"]));
    expect(answers[0]).toMatchObject({
      uri: "/some/path?n=0",
      host: pair.vip,
      realIp: client,
      forwardedFor: client,
      forwardedProto: "http",
      connection: "",
    });
  });

  it("adds itself to an X-Forwarded-For that the client sent", async () => {
    const answer = await pair.succeed(
      "client",
      `curl -fsS -H 'X-Forwarded-For: 203.0.113.9' http://${pair.vip}/`,
    );
    expect(JSON.parse(answer).forwardedFor).toBe(`203.0.113.9, ${pair.machine("client").address}`);
  });

  it("does not repeat a request that is not idempotent", async () => {
    // Both backends take the request and close without an answer: a GET is tried twice, a POST once.
    const hung = "return 444;";
    for (const name of ["backend-1", "backend-2"]) {
      await pair.succeed(
        name,
        `sed -i 's|location / {|location /drop { access_log /tmp/drop.log; ${hung} }\\n    location / {|' /etc/nginx/sites-enabled/default && nginx -s reload && sleep 0.3`,
      );
    }
    const tries = async (method: string): Promise<number> => {
      await pair.sh("client", `curl -s -o /dev/null -X ${method} http://${pair.vip}/drop`);
      const counts = await Promise.all(
        ["backend-1", "backend-2"].map((name) =>
          pair.succeed(name, `grep -c '"${method} ' /tmp/drop.log || true`),
        ),
      );
      return counts.reduce((sum, text) => sum + Number(text || 0), 0);
    };
    expect(await tries("GET")).toBe(2);
    expect(await tries("POST")).toBe(1);
  });

  it("goes on when a backend is gone", async () => {
    await pair.succeed("backend-1", "systemctl stop nginx");
    try {
      for (let i = 0; i < 6; i++) expect(JSON.parse(await pair.curl()).backend).toBe("backend-2");
    } finally {
      await pair.succeed("backend-1", "systemctl start nginx");
    }
  });

  it("takes VRRP from the peer only", async () => {
    const drops = async (): Promise<number> =>
      Number(
        /counter packets (\d+) bytes \d+ drop/.exec(
          await pair.succeed("nginx-b", "nft list table inet nginx_ha"),
        )?.[1],
      );
    const before = await drops();
    const spoof =
      "import socket;s=socket.socket(socket.AF_INET,socket.SOCK_RAW,112);[s.sendto(bytes([0x31,51,255,1,0,10,0,0])+bytes([169,254,77,51]),('" +
      pair.machine("nginx-b").address +
      "',0)) for _ in range(5)]";
    await run(["ip", "netns", "exec", `nha-${pair.plan.id}-client`, "python3", "-c", spoof]);
    expect(await drops()).toBe(before + 5);
    expect(await pair.holder()).toBe("nginx-a");
  });
});
