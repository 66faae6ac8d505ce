import { canonical } from "./cidr";
import { refuse } from "./error";
import { fields, integer, list, required, text } from "./parameters";
import type { Region, SecurityRule } from "./state";

export const permissionParameter = list(
  fields({
    IpProtocol: required(text()),
    FromPort: integer(-1, 65535),
    ToPort: integer(-1, 65535),
    Groups: list(fields({ GroupId: required(text()), Description: text(), UserId: text() })),
    IpRanges: list(fields({ CidrIp: required(text()), Description: text() })),
  }),
);

export interface Permission {
  IpProtocol: string;
  FromPort?: number;
  ToPort?: number;
  Groups: { GroupId: string; Description?: string; UserId?: string }[];
  IpRanges: { CidrIp: string; Description?: string }[];
}

/** What a rule says, without its id: by this two rules are the same. */
export type RuleContent = Omit<SecurityRule, "id" | "tags">;

/** EC2 names these protocols; all others are numbers (EC2 API Reference, IpPermission). */
const NAMES: Record<string, string> = { "6": "tcp", "17": "udp", "1": "icmp" };

/** The rules of a permission: one for each peer. */
export function rulesOf(
  region: Region,
  permission: Permission,
  egress: boolean,
  vpcId: string,
): RuleContent[] {
  const protocol = protocolOf(permission.IpProtocol);
  const common = { egress, protocol, ...portsOf(protocol, permission) };
  const ranges = permission.IpRanges.map(({ CidrIp, Description }) => {
    const cidr = canonical(CidrIp) ?? refuse("InvalidParameterValue", `CIDR block ${CidrIp} is malformed`);
    return { ...common, cidr, ...(Description !== undefined && { description: Description }) };
  });
  const groups = permission.Groups.map(({ GroupId, Description, UserId }) => {
    if (region.securityGroups[GroupId]?.vpcId !== vpcId || (UserId && UserId !== region.account)) {
      refuse(
        "InvalidGroup.NotFound",
        `You have specified two resources that belong to different networks, or the group '${GroupId}' does not exist.`,
      );
    }
    return { ...common, groupId: GroupId, ...(Description !== undefined && { description: Description }) };
  });
  if (ranges.length + groups.length === 0) {
    refuse("MissingParameter", "A permission needs a range of addresses or a group.");
  }
  return [...ranges, ...groups];
}

function protocolOf(text: string): string {
  const known = NAMES[text] ?? text;
  const number = Number(known);
  if (["tcp", "udp", "icmp", "-1"].includes(known) || (/^\d+$/.test(known) && number <= 255)) return known;
  return refuse("InvalidPermission.Malformed", `Invalid IP protocol '${text}'`);
}

/**
 * Ports mean something for TCP, UDP and ICMP only; of any other protocol all traffic is taken, whatever ports
 * are given (EC2 User Guide, "Security group rules"), and EC2 shows -1 to -1.
 */
function portsOf(protocol: string, { FromPort, ToPort }: Permission): { fromPort: number; toPort: number } {
  if (!["tcp", "udp", "icmp"].includes(protocol)) return { fromPort: -1, toPort: -1 };
  if (FromPort === undefined || ToPort === undefined) {
    return refuse("MissingParameter", `Ports must be given for protocol ${protocol}`);
  }
  if (protocol !== "icmp" && (FromPort < 0 || FromPort > ToPort)) {
    refuse("InvalidParameterValue", `Invalid TCP/UDP port range (${FromPort}:${ToPort})`);
  }
  return { fromPort: FromPort, toPort: ToPort };
}

/** Whether two rules let the same traffic pass: the description does not count. */
export function sameTraffic(one: RuleContent, other: RuleContent): boolean {
  const key = (rule: RuleContent) =>
    [rule.egress, rule.protocol, rule.fromPort, rule.toPort, rule.cidr, rule.groupId].join("|");
  return key(one) === key(other);
}
