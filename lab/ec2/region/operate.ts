import type { RegionRunner } from "../api/region-runner";
import type { Faults } from "../faults";
import { type ImdsServer, serveImds } from "../imds/server";
import { reached } from "../model/lifecycle";
import { interfacesOf } from "../model/lookup";
import type { InstanceState } from "../model/state";
import { cableName, vpcNames } from "../network/names";
import { applyVpc } from "../network/router";
import { METADATA_ADDRESS, type VpcNetwork } from "../network/vpc";
import { listenIn } from "./listen";
import { cutPower, forget, isOn, makeNamespace, removeNamespace, shutDown, switchOn } from "./machine";
import type { RegionPlan } from "./plan";
import { realise } from "./realise";

export interface Operation {
  plan: RegionPlan;
  runner: RegionRunner;
  faults: Faults;
  nameServer?: string;
  lostZones: Set<string>;
}

/** What makes the model real: a network, and a machine for every instance. */
export interface Operator {
  /** The network as the model wants it now. */
  network(): VpcNetwork;
  /** Starts to follow the model; machines that run already are taken over. */
  follow(): Promise<void>;
  /** Makes the network what it should be; done when it is. */
  refresh(): Promise<void>;
  /** A power cut: EC2 does not notice, so the model says "running" still. */
  cut(instanceId: string): Promise<void>;
  /** Power again, after a cut. */
  restore(instanceId: string): Promise<void>;
  /** Ends every machine at once. */
  end(): Promise<void>;
}

/** The first port of the metadata services, in the router's namespace. */
const FIRST_PORT = 20_000;

const RETRY_MS = 100;
const FAILURES = 20;

export function operate({ plan, runner, faults, nameServer, lostZones }: Operation): Operator {
  const services = new Map<string, ImdsServer>();
  const withoutPower = new Set<string>();
  const queues = new Map<string, Promise<void>>();
  let nextPort = FIRST_PORT;
  let wanted: Promise<void> | undefined;

  const network = (): VpcNetwork => {
    const metadataPorts = new Map([...services].map(([id, { port }]) => [id, port]));
    return realise(runner.state(), { plan, metadataPorts, lostZones: [...lostZones], nameServer });
  };
  // Changes that come while one is made are made together, after it.
  const refresh = (): Promise<void> => {
    wanted ??= Promise.resolve().then(() => {
      wanted = undefined;
      return applyVpc(network());
    });
    return wanted;
  };
  // What could not be done, as when a machine is on its way out, can be done soon.
  const follow = (failures: number): void => {
    refresh().catch((error: Error) => {
      if (failures === FAILURES) console.error(`the network: ${error.stack}`);
      else setTimeout(() => follow(failures + 1), RETRY_MS).unref();
    });
  };
  const cables = (id: string): string[] => interfacesOf(runner.state(), id).map((one) => cableName(one.id));

  async function serve(id: string): Promise<void> {
    await makeNamespace(plan, id);
    const listener = await listenIn(vpcNames(plan.id).router, METADATA_ADDRESS, nextPort++);
    services.set(id, await serveImds({ runner, faults, instanceId: id }, { listener }));
  }
  async function turnOn(id: string): Promise<void> {
    if (services.has(id) && (await isOn(plan, id))) return;
    await cutPower(plan, id, cables(id));
    await unserve(id);
    await serve(id);
    await refresh();
    await switchOn(plan, id);
  }
  async function unserve(id: string): Promise<void> {
    const service = services.get(id);
    services.delete(id);
    await service?.close();
    await refresh();
    await removeNamespace(plan, id);
  }
  async function turnOff(id: string): Promise<void> {
    await shutDown(plan, id, cables(id));
    await unserve(id);
  }

  const actions: Record<InstanceState, (id: string) => Promise<void>> = {
    async pending(id) {
      await turnOn(id);
      runner.apply((region) => reached(region, id, "running"));
    },
    async running(id) {
      if (!withoutPower.has(id)) await turnOn(id);
    },
    async stopping(id) {
      await turnOff(id);
      runner.apply((region) => reached(region, id, "stopped"));
    },
    async "shutting-down"(id) {
      await turnOff(id);
      await forget(plan, id);
      runner.apply((region) => reached(region, id, "terminated"));
    },
    async stopped() {},
    async terminated() {},
  };
  /** One thing at a time for each machine, and always what the model wants when its turn comes. */
  function inTurn(id: string, work: () => Promise<void>): Promise<void> {
    const done = (queues.get(id) ?? Promise.resolve()).then(work);
    const settled = done.catch((error: Error) => console.error(`${id}: ${error.stack}`));
    queues.set(id, settled);
    return done;
  }
  const settle = (id: string, failures = 0): Promise<void> =>
    inTurn(id, async () => {
      const state = runner.state().instances[id]?.state;
      if (state) await actions[state](id);
    }).catch((error: Error) => {
      if (failures === FAILURES) throw error;
      setTimeout(() => settle(id, failures + 1).catch(() => {}), RETRY_MS).unref();
    });

  return {
    network,
    refresh,
    async follow() {
      runner.subscribe((after, before) => {
        for (const { id, state } of Object.values(after.instances)) {
          if (before.instances[id]?.state !== state) settle(id).catch(() => {});
        }
        follow(0);
      });
      const instances = Object.values(runner.state().instances);
      // Those that run are served before the network is touched, or it would pull their cables.
      for (const { id, state } of instances)
        if (state === "running" && (await isOn(plan, id))) await serve(id);
      await refresh();
      await Promise.all(instances.map(({ id }) => settle(id)));
    },
    cut(id) {
      withoutPower.add(id);
      return inTurn(id, async () => {
        await cutPower(plan, id, cables(id));
        await unserve(id);
      });
    },
    restore(id) {
      withoutPower.delete(id);
      return settle(id);
    },
    async end() {
      await Promise.allSettled(queues.values());
      const ids = Object.keys(runner.state().instances);
      await Promise.all(ids.map((id) => cutPower(plan, id, cables(id))));
    },
  };
}
