import type { Claim } from "../../node/claim";
import type { Answer, Ec2 } from "../ec2/api";
import { log, reasonOf } from "../log";
import type { VipClaim } from "./claim";

/** The route to the VIP, in each of the tables. */
export function overlayRoute(
  call: Ec2,
  { address, networkInterfaceId, routeTableIds }: Extract<Claim, { mode: "overlayRoute" }>,
): VipClaim {
  const destination = `${address}/32`;
  const foreign = async (): Promise<string[]> => {
    const ids = Object.fromEntries(routeTableIds.map((id, index) => [`RouteTableId.${index + 1}`, id]));
    const { routeTableSet } = await call("DescribeRouteTables", ids);
    const mine = (routeTableSet as Answer[]).filter((table) =>
      (table.routeSet as Answer[]).some(
        (route) =>
          route.destinationCidrBlock === destination && route.networkInterfaceId === networkInterfaceId,
      ),
    );
    const own = new Set(mine.map(({ routeTableId }) => routeTableId as string));
    return routeTableIds.filter((id) => !own.has(id));
  };
  return {
    isMine: async () => (await foreign()).length === 0,
    // A table that fails must not keep the others from moving.
    async take() {
      const failed: string[] = [];
      for (const id of await foreign()) {
        const replaced = {
          RouteTableId: id,
          DestinationCidrBlock: destination,
          NetworkInterfaceId: networkInterfaceId,
        };
        await call("ReplaceRoute", replaced).catch((error: unknown) => {
          failed.push(id);
          log("route not replaced", { table: id, reason: reasonOf(error) });
        });
      }
      if (failed.length > 0)
        throw new Error(`${failed.length} route tables still lead elsewhere: ${failed.join(", ")}`);
    },
  };
}
