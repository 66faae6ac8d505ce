import { setTimeout as sleep } from "node:timers/promises";
import type { Tree } from "../../node/sync/tree-hash";
import { reasonOf } from "../log";
import { hasCertificates, withIssued } from "./certificates";
import { type DetourVerb, isDetourVerb } from "./detour";
import { idOf } from "./head";
import type { Answered, Control } from "./listen";
import type { Published } from "./publisher";
import { Refused } from "./refused";
import type { SyncStatus } from "./status";
import type { Synchroniser } from "./synchroniser";
import { Unreachable } from "./unreachable";
import type { Waited } from "./waiting";

/** What the control socket's questions need. */
export interface Controlled {
  sync: Synchroniser;
  /** Certificates and keys: published before what may name them. */
  secrets: Synchroniser;
  node: string;
  isMaster(): boolean;
  status(): SyncStatus;
  /** The stack's part that `pulumi up` staged under this hash, proved. @throws Refused */
  staged(hash: string): Tree;
  /** The certificates that it staged, likewise. @throws Refused */
  stagedCertificates(hash: string): Tree;
  /** Removes those that were staged before it. */
  forgetStaged(hash: string): void;
  /** The stack's part of the secrets with these certificates instead of those it has. */
  withCertificates(stack: Tree, given: Tree): Tree;
  /** A certificate that came by ACME and was not published yet, with the accounts. @throws Refused */
  issued(name: string): Tree;
  /** Asks the peer for a detour, or to end it. @throws Error with its reason */
  detour(verb: DetourVerb): Promise<void>;
  wake(): void;
}

const LOOK_MS = 100;
/** To try again reads all that is served: not as often as one looks. */
const AGAIN_MS = 1000;

/** What root asks: 200 done, 409 refused, 504 not in time, 500 not possible; one line says it. */
export function control(controlled: Controlled): Control {
  const { sync, status } = controlled;
  const routes: Record<string, (query: URLSearchParams) => Promise<Answered>> = {
    "/status": async () => ({ status: 200, line: lineOf(status()), body: status() }),
    "/publish": async () => {
      if (controlled.secrets.current) await controlled.secrets.publish();
      return told(await sync.publish());
    },
    "/rollback": async (query) => told(await sync.rollback(query.get("to") ?? undefined)),
    "/first": async (query) => told(await sync.first(controlled.staged(query.get("stack") ?? ""))),
    "/publish-secrets": (query) => publishSecrets(controlled, query),
    "/publish-issued": async (query) => {
      const given = controlled.issued(nameOf(query));
      return told(await controlled.secrets.amend("acme", (stack) => withIssued(stack, given)));
    },
    "/publish-stack": (query) => publishStack(controlled, query),
    "/detour": async (query) => {
      const verb = query.get("verb");
      if (!isDetourVerb(verb)) throw new Refused("a detour begins or ends: verb=begin or verb=end");
      await controlled.detour(verb);
      return answer(200, `the peer's detour: ${verb}`);
    },
    "/gate": (query) => gate(controlled, limitOf(query)),
  };
  return async ({ pathname, searchParams }) => {
    try {
      const route = routes[pathname];
      if (!route) return answer(404, `there is no ${pathname}`);
      return await route(searchParams);
    } catch (error) {
      return answer(error instanceof Refused ? 409 : 500, reasonOf(error));
    }
  };
}

const answer = (status: number, line: string, body: object = {}): Answered => ({ status, line, body });

function nameOf(query: URLSearchParams): string {
  const name = query.get("name") ?? "";
  if (!/^[a-z0-9-]+$/.test(name)) throw new Refused(`${JSON.stringify(name)} is no certificate's name`);
  return name;
}

const limitOf = (query: URLSearchParams): number => Number(query.get("limit") ?? 60) * 1000;

function told({ head, made, acknowledged, peer }: Published): Answered {
  const what = made ? "serves" : "served already";
  const where = acknowledged ? "on both nodes" : `on this node only${peer === undefined ? "" : `: ${peer}`}`;
  return answer(200, `${what}: generation ${idOf(head)}, ${where}`, {
    generation: idOf(head),
    made,
    acknowledged,
  });
}

const lineOf = ({ node, generation, acknowledged, alarms }: SyncStatus): string =>
  `${node}: generation ${generation?.id ?? "none"}, ${acknowledged ? "acknowledged" : "accepted here only"}${alarms.map(({ kind }) => `, ${kind}`).join("")}`;

/** The MASTER publishes; the other node waits until it has it. Whoever is MASTER may change meanwhile. */
function publishStack(controlled: Controlled, query: URLSearchParams): Promise<Answered> {
  const { sync } = controlled;
  const hash = query.get("stack") ?? "";
  const accept = query.get("accept") || undefined;
  const stack = controlled.staged(hash);
  const publish = () => sync.publishStack(stack, accept);
  return asMaster(controlled, limitOf(query), publish, (since) => sync.waiting.forStack(hash, accept, since));
}

/** The same of certificates; none at all are an empty hash. */
async function publishSecrets(controlled: Controlled, query: URLSearchParams): Promise<Answered> {
  const { secrets } = controlled;
  const hash = query.get("stack") ?? "";
  const given: Tree = hash === "" ? new Map() : controlled.stagedCertificates(hash);
  const publish = () => secrets.amend(hash, (stack) => controlled.withCertificates(stack, given));
  const waits = secrets.waiting.forPart(hash, (stack) => hasCertificates(stack, given));
  const answered = await asMaster(controlled, limitOf(query), publish, waits);
  if (answered.status === 200) controlled.forgetStaged(hash);
  return answered;
}

/**
 * Publishes on the MASTER: a peer that cannot be asked, and must be, may be there again in a moment.
 * @param waits says, on the node that is not MASTER, whether what is waited for is served there; it may throw Refused
 */
async function asMaster(
  { node, isMaster, status }: Controlled,
  limitMs: number,
  publish: () => Promise<Published>,
  waits: (since: number) => Waited,
): Promise<Answered> {
  const since = performance.now();
  let unreachable: string | undefined;
  while (performance.now() - since < limitMs) {
    const done: Published | string = isMaster() ? await publish().catch(unlessUnreachable) : waits(since);
    if (typeof done === "object") return told(done);
    unreachable = done === "waits" ? undefined : done;
    await sleep(unreachable === undefined ? LOOK_MS : AGAIN_MS);
  }
  if (unreachable !== undefined) return answer(504, `${unreachable}; tried for ${limitMs / 1000} s`);
  const { peer, alarms } = status();
  const reasons = alarms.map(({ reason }) => reason).join("; ");
  return answer(
    504,
    `${node} waited ${limitMs / 1000} s for ${peer.name} to publish what pulumi up brought${peer.reachable ? "" : `, and cannot ask it`}${reasons && `: ${reasons}`}`,
  );
}

/** @returns why it may be tried again. @throws what else went wrong */
function unlessUnreachable(error: unknown): string {
  if (error instanceof Unreachable) return error.message;
  throw error;
}

/** Waits until heads were exchanged and this node has the later one. */
async function gate({ sync, secrets, node, wake }: Controlled, limitMs: number): Promise<Answered> {
  sync.confirmed = false;
  secrets.confirmed = false;
  const deadline = performance.now() + limitMs;
  wake();
  while (performance.now() < deadline) {
    if (sync.confirmed && secrets.confirmed) return answer(200, `${node} has what the peer has`);
    await sleep(LOOK_MS / 4);
  }
  return answer(
    504,
    `${node} could not learn in ${limitMs / 1000} s whether the peer has a later configuration`,
  );
}
