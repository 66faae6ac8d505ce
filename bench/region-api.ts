import { mkdtemp, rm } from "node:fs/promises";
import { Agent, request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AwsV4Signer } from "aws4fetch";
import { certificateFor } from "../lab/ec2/api/certificate";
import { serveApi } from "../lab/ec2/api/server";
import { endpoint, OPERATOR } from "../test/lab/ec2/api/endpoint";
import { pair } from "../test/lab/ec2/model/pair";
import { runBench } from "./run";

/**
 * How long the lab's Region takes to answer a signed call over TLS on a warm connection: a describe is to take 5 ms
 * at the median. Client, signature check and TLS run on the same machine.
 */
async function main(): Promise<void> {
  const { lab, allocation, enis } = pair();
  const directory = await mkdtemp(join(tmpdir(), "nginx-ha-region-"));
  const certificate = await certificateFor(directory, ["127.0.0.1"]);
  const server = await serveApi(endpoint(lab.region), { host: "127.0.0.1", certificate });
  const agent = new Agent({ keepAlive: true, ca: certificate.authority });
  const move = (id: string): string =>
    `Action=AssociateAddress&AllocationId=${allocation}&NetworkInterfaceId=${id}&AllowReassociation=true`;
  try {
    for (const name of ["Addresses", "NetworkInterfaces", "Instances", "RouteTables"]) {
      await measure(`Describe${name}`, 300, () => `Action=Describe${name}`);
    }
    await measure("AssociateAddress", 100, (turn) => move(turn % 2 ? enis.a : enis.b));
  } finally {
    agent.destroy();
    await server.close();
    await rm(directory, { recursive: true });
  }

  async function measure(name: string, count: number, body: (turn: number) => string): Promise<void> {
    const times: number[] = [];
    for (let turn = -30; turn < count; turn++) {
      const took = await call(`${body(turn)}&Version=2016-11-15`);
      if (turn >= 0) times.push(took);
    }
    times.sort((a, b) => a - b);
    const at = (part: number): string => (times[Math.floor(count * part)] ?? 0).toFixed(2);
    console.log(`${name.padEnd(26)} median ${at(0.5)} ms   p99 ${at(0.99)} ms   n=${count}`);
  }

  async function call(body: string): Promise<number> {
    const credentials = { accessKeyId: OPERATOR.key, secretAccessKey: OPERATOR.secret };
    const settings = { method: "POST", url: `${server.url}/`, body, service: "ec2", region: lab.region.name };
    const signed = await new AwsV4Signer({ ...settings, ...credentials }).sign();
    const headers = { ...Object.fromEntries(signed.headers), host: signed.url.host };
    const start = performance.now();
    await new Promise<void>((done, failed) => {
      const sent = request(server.url, { method: "POST", agent, headers }, (response) => {
        response
          .resume()
          .on("end", () => (response.statusCode === 200 ? done() : failed(response.statusCode)));
      });
      sent.on("error", failed).end(body);
    });
    return performance.now() - start;
  }
}

runBench(main);
