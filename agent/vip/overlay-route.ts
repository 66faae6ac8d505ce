import type { Claim } from "../../node/claim";
import type { Answer, Ec2 } from "../ec2/api";
import { log, reasonOf } from "../log";
import { ownerOf, type VipClaim } from "./claim";

/** Where one table's route to the VIP leads; a table without one has no target. */
interface TableRoute {
  id: string;
  target?: string;
}

/** The route to the VIP, in each of the tables. */
export function overlayRoute(call: Ec2, claim: Extract<Claim, { mode: "overlayRoute" }>): VipClaim {
  const { address, networkInterfaceId, routeTableIds } = claim;
  const destination = `${address}/32`;
  // A filter, because one table that is gone would make the answer an error for all.
  const routes = async (): Promise<TableRoute[]> => {
    const values = routeTableIds.map((id, index) => [`Filter.1.Value.${index + 1}`, id]);
    const filter = { "Filter.1.Name": "route-table-id", ...Object.fromEntries(values) };
    const { routeTableSet } = await call("DescribeRouteTables", filter);
    return (routeTableSet as Answer[]).map(({ routeTableId: id, routeSet }) => {
      const route = (routeSet as Answer[]).find((one) => one.destinationCidrBlock === destination);
      return { id, target: route?.networkInterfaceId };
    });
  };
  const told = new Set<string>();
  const foreign = (found: TableRoute[]) => found.filter(({ target }) => target !== networkInterfaceId);
  return {
    async owner() {
      const found = await routes();
      const gone = routeTableIds.filter((id) => !found.some((table) => table.id === id));
      for (const id of gone.filter((one) => !told.has(one))) log("route table is gone", { table: id });
      for (const id of gone) told.add(id);
      if (gone.length === routeTableIds.length) throw new Error(`no route table is left: ${gone.join(", ")}`);
      const [first] = foreign(found);
      return first ? ownerOf(first.target, claim) : "mine";
    },
    // A table that fails must not keep the others from moving.
    async take(wanted) {
      const failed: string[] = [];
      for (const { id } of foreign(await routes())) {
        const replaced = {
          RouteTableId: id,
          DestinationCidrBlock: destination,
          NetworkInterfaceId: networkInterfaceId,
        };
        await call("ReplaceRoute", replaced, wanted).catch((error: unknown) => {
          failed.push(id);
          log("route not replaced", { table: id, reason: reasonOf(error) });
        });
      }
      if (failed.length > 0)
        throw new Error(`${failed.length} route tables still lead elsewhere: ${failed.join(", ")}`);
    },
  };
}
