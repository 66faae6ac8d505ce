import type { Claim } from "../../node/claim";
import type { Ec2 } from "../ec2/api";
import type { VipClaim } from "./claim";
import { elasticIp } from "./elastic-ip";
import { overlayRoute } from "./overlay-route";
import { secondaryPrivateIp } from "./secondary-private-ip";

export function vipClaim(call: Ec2, claim: Claim, metadata: (path: string) => Promise<string>): VipClaim {
  if (claim.mode === "elasticIp") return elasticIp(call, claim);
  if (claim.mode === "secondaryPrivateIp") return secondaryPrivateIp(call, claim, metadata);
  return overlayRoute(call, claim);
}
