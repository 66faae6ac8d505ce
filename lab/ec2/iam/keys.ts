/** The facts that a request has under each condition key; a key without a fact is absent. */
export type Facts = Record<string, string | undefined>;

/**
 * The condition keys that this Region can judge. Sources: Service Authorization Reference, "Condition keys for
 * Amazon EC2"; IAM User Guide, "AWS global condition context keys".
 */
const KEYS = [
  "aws:PrincipalAccount",
  "aws:PrincipalArn",
  "aws:RequestedRegion",
  "aws:userid",
  "ec2:AllocationId",
  "ec2:AvailabilityZone",
  "ec2:InstanceID",
  "ec2:InstanceProfile",
  "ec2:InstanceType",
  "ec2:NetworkInterfaceID",
  "ec2:PublicIpAddress",
  "ec2:Region",
  "ec2:RouteTableID",
  "ec2:SourceInstanceARN",
  "ec2:Subnet",
  "ec2:Vpc",
].map((key) => key.toLowerCase());

const TAGS = /^(aws|ec2):ResourceTag\/(.+)$/i;

export function isConditionKey(key: string): boolean {
  return KEYS.includes(key.toLowerCase()) || TAGS.test(key);
}

/** What the request has under a key: names of keys do not depend on case (IAM User Guide, "Condition"). */
export function factOf(facts: Facts, key: string): string | undefined {
  return facts[key.toLowerCase()];
}

/** Facts by their keys in lower case. */
export function facts(known: Facts): Facts {
  return Object.fromEntries(Object.entries(known).map(([key, value]) => [key.toLowerCase(), value]));
}
