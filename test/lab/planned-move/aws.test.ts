import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { judge } from "../../../cli/probe/probes";
import { probeWhile } from "../../../lab/probe/probe";
import { launchClient, terminate } from "../aws/client-instance";
import { inOneSubnet } from "../aws/places";
import { inPrivateNetwork } from "../aws/private-network";
import { AwsSubject } from "../aws/subject";
import { cutsNobodyOff } from "./cuts-nobody-off";
import { outlivesTrouble } from "./outlives-trouble";
import { outlivesReplacement } from "./replacement";
import { PlannedMove } from "./subject";

const LAB = "test-planned-move";
const pair = new AwsSubject(`${LAB}-aws`);
const plannedMove = new PlannedMove(pair, LAB, "lab-aws");

/** The long connections' backend is on the Internet's side: no group of the VPC has a say about it. */
const serve = (): Promise<void> => plannedMove.serve({ machine: "client", address: pair.plan.clientAddress });

/** Clients are inside of the VPC from now on. */
async function enter(subnetId = ""): Promise<void> {
  pair.client = await launchClient(pair, subnetId);
  plannedMove.client = pair.client;
  await pair.untilAnswered();
}

async function leave(): Promise<void> {
  await terminate(pair, pair.client);
  await plannedMove.end();
  await pair.destroy();
}

beforeAll(() => pair.start());
afterAll(async () => {
  await plannedMove.end();
  await pair.end();
});

describe("mode elasticIp", () => {
  beforeAll(serve);

  cutsNobodyOff(plannedMove);

  it("an API that takes three seconds loses nobody, though no connection keeps the old node waiting", async () => {
    await pair.untilHealthy();
    const from = await pair.holder();
    await pair.faults({ latencyMs: { "*": 3000 } });
    try {
      const probes = await probeWhile(pair.throughVip(), async () => {
        expect(await plannedMove.switchover()).toMatchObject({ moved: true, from });
      });
      expect(judge(probes)).toMatchObject({ failed: 0 });
    } finally {
      await pair.faults();
    }
    await pair.untilHealthy();
  });

  outlivesReplacement(plannedMove);

  // What hosts have in `npm test`; here in `npm run test:full`.
  if (process.env.NGINX_HA_MATRIX === "yes") outlivesTrouble(plannedMove);

  afterAll(async () => {
    await plannedMove.end();
    await pair.destroy();
  });
});

describe("mode secondaryPrivateIp", () => {
  beforeAll(async () => {
    await pair.configure(["vip"], inOneSubnet);
    await serve();
    await enter(Object.keys((await pair.model()).subnets)[0]);
  });

  cutsNobodyOff(plannedMove);

  afterAll(leave);
});

describe("mode overlayRoute", () => {
  beforeAll(async () => {
    const { clients } = await inPrivateNetwork(pair);
    await serve();
    await enter(clients);
  });

  cutsNobodyOff(plannedMove);
});
