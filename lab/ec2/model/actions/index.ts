import type { Action } from "../action";
import { addressActions } from "./addresses";
import { assignActions } from "./assign";
import { catalogueActions } from "./catalogue";
import { gatewayActions } from "./gateways";
import { instanceAttributeActions } from "./instance-attributes";
import { instanceActions } from "./instances";
import { interfaceActions } from "./interfaces";
import { keyPairActions } from "./key-pairs";
import { natGatewayActions } from "./nat-gateways";
import { routeTableActions } from "./route-tables";
import { routeActions } from "./routes";
import { securityGroupActions } from "./security-groups";
import { securityRuleActions } from "./security-rules";
import { subnetActions } from "./subnets";
import { tagActions } from "./tags";
import { vpcActions } from "./vpcs";

/** Every action that the API knows, by its name. */
export const actions: ReadonlyMap<string, Action> = new Map(
  Object.entries({
    ...addressActions,
    ...assignActions,
    ...catalogueActions,
    ...gatewayActions,
    ...instanceActions,
    ...instanceAttributeActions,
    ...interfaceActions,
    ...keyPairActions,
    ...natGatewayActions,
    ...routeActions,
    ...routeTableActions,
    ...securityGroupActions,
    ...securityRuleActions,
    ...subnetActions,
    ...tagActions,
    ...vpcActions,
  }),
);
