const INTERNET = { cidrBlock: "0.0.0.0/0", gatewayId: "igw-1" };
const ANSWERS: Record<string, object> = {
  "aws:index/getRegion:getRegion": { region: "eu-west-1" },
  "aws:index/getCallerIdentity:getCallerIdentity": { accountId: "123456789012" },
  "aws:index/getPartition:getPartition": { partition: "aws" },
  "aws:index/getAvailabilityZones:getAvailabilityZones": {
    names: ["eu-west-1a", "eu-west-1b", "eu-west-1c"],
  },
  "aws:ssm/getParameter:getParameter": { value: "ami-0123456789abcdef0" },
  "aws:ec2/getInstanceType:getInstanceType": {
    supportedArchitectures: ["x86_64"],
    maximumIpv4AddressesPerInterface: 4,
  },
  "aws:ec2/getVpc:getVpc": { cidrBlock: "10.20.0.0/16", mainRouteTableId: "rtb-main" },
  "aws:ec2/getRouteTables:getRouteTables": { ids: [] },
  "aws:ec2/getRouteTable:getRouteTable": { routeTableId: "rtb-main", routes: [INTERNET] },
};

/** What AWS answers to a program under mocks. */
export function answers(token: string, inputs: Record<string, unknown>): Record<string, unknown> {
  if (token === "aws:ec2/getSubnet:getSubnet") {
    const first = inputs.id === "subnet-0123456789abcdef0";
    const zone = first ? "eu-west-1a" : "eu-west-1b";
    return {
      id: inputs.id,
      vpcId: "vpc-0123456789abcdef0",
      cidrBlock: "10.20.1.0/24",
      availabilityZone: zone,
    };
  }
  return { ...inputs, ...ANSWERS[token] };
}
