import * as ec2 from "@pulumi/aws/ec2";
import * as pulumi from "@pulumi/pulumi";
import type { Claim } from "../../node/claim";
import { record } from "./record";
import type { Scope } from "./scope";
import type { Seat } from "./seat";

/** The address that clients use, and what each node asks the API for when it is MASTER. */
export interface VirtualAddress {
  vip: pulumi.Output<string>;
  claimOf(seat: Seat): pulumi.Output<Claim>;
  /** What must be there before a node can claim it. */
  needs: pulumi.Resource[];
}

/** The Elastic IP of mode elasticIp; nothing in the other modes. */
export type PublicAddress = ReturnType<typeof publicAddress>;

/**
 * Made before the nodes' interfaces, so that it is deleted after them: the provider knows nothing of the nodes'
 * association, which ends with the interface, and EC2 releases no address that is associated.
 */
export function publicAddress({ cluster, name, opts, tags }: Scope) {
  const { vip } = cluster;
  if (vip.mode !== "elasticIp") return undefined;
  if (vip.allocation !== undefined) {
    const { publicIp } = ec2.getElasticIpOutput({ id: vip.allocation }, opts);
    return { vip: publicIp, allocationId: pulumi.output(vip.allocation), needs: [] };
  }
  const made = new ec2.Eip(
    `${name}-vip`,
    { domain: "vpc", tags: tags("vip") },
    { ...opts, protect: vip.protect },
  );
  return { vip: made.publicIp, allocationId: made.allocationId, needs: [made] };
}

/**
 * The VIP belongs to the nodes: no association is declared, not even the first, and what they move is ignored.
 * @param seats the first gets the routes of mode overlayRoute to begin with, because a route can only be replaced
 */
export function virtualAddress(
  scope: Scope,
  seats: readonly [first: Seat, second: Seat],
  elastic: PublicAddress,
): VirtualAddress {
  const address = addressOf(scope, seats, elastic);
  record(scope, address.vip);
  return address;
}

type Seats = Parameters<typeof virtualAddress>[1];

function addressOf(scope: Scope, seats: Seats, elastic: PublicAddress): VirtualAddress {
  const { vip } = scope.cluster;
  if (elastic) return elasticIp(elastic, seats);
  if (vip.mode === "overlayRoute") return overlayRoute(scope, vip, seats);
  if (vip.mode === "elasticIp") throw new Error("mode elasticIp has no Elastic IP");
  const claimOf = (seat: Seat) =>
    interfacesOf(seats, seat).apply((ids): Claim => ({ mode: vip.mode, address: vip.address, ...ids }));
  return { vip: pulumi.output(vip.address), claimOf, needs: [] };
}

/** A node's own interface and its peer's. */
const interfacesOf = ([first, second]: Seats, own: Seat) =>
  pulumi
    .all([own.networkInterfaceId, (own === first ? second : first).networkInterfaceId])
    .apply(([networkInterfaceId, peerInterfaceId]) => ({ networkInterfaceId, peerInterfaceId }));

function elasticIp({ vip, allocationId, needs }: NonNullable<PublicAddress>, seats: Seats): VirtualAddress {
  const claimOf = (seat: Seat) =>
    pulumi
      .all([allocationId, interfacesOf(seats, seat), seat.secondAddress])
      .apply(([id, ids, privateIp]): Claim => {
        return { mode: "elasticIp", allocationId: id, ...ids, privateIp };
      });
  return { vip, claimOf, needs };
}

type Vip = Scope["cluster"]["vip"];

function overlayRoute(
  { name, opts }: Scope,
  { address, routeTables }: Extract<Vip, { mode: "overlayRoute" }>,
  seats: Seats,
): VirtualAddress {
  const [first] = seats;
  const routes = routeTables.map(
    (routeTableId) =>
      new ec2.Route(
        `${name}-vip-${routeTableId}`,
        {
          routeTableId,
          destinationCidrBlock: `${address}/32`,
          networkInterfaceId: first.networkInterfaceId,
        },
        { ...opts, ignoreChanges: ["networkInterfaceId"] },
      ),
  );
  const claimOf = (seat: Seat) =>
    interfacesOf(seats, seat).apply((ids): Claim => {
      return { mode: "overlayRoute", address, ...ids, routeTableIds: routeTables };
    });
  return { vip: pulumi.output(address), claimOf, needs: routes };
}
