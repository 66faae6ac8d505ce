import * as ec2 from "@pulumi/aws/ec2";
import { getAvailabilityZones } from "@pulumi/aws/getAvailabilityZones";
import * as pulumi from "@pulumi/pulumi";
import { quarterOf } from "../../config/addresses";

/** A VPC that several stacks share, with a public subnet in each of two zones: what a network team would keep. */
const cidrBlock = new pulumi.Config().get("cidr") || "10.20.0.0/16";
const tags = (Name: string): Record<string, string> => ({ Name: `shared-${Name}` });

const vpc = new ec2.Vpc("vpc", { cidrBlock, enableDnsHostnames: true, tags: tags("vpc") });
const gateway = new ec2.InternetGateway("gateway", { vpcId: vpc.id, tags: tags("gateway") });
const table = new ec2.RouteTable("routes", { vpcId: vpc.id, tags: tags("routes") });
const out = { routeTableId: table.id, destinationCidrBlock: "0.0.0.0/0", gatewayId: gateway.id };
new ec2.Route("default-route", out);

const filters = [{ name: "opt-in-status", values: ["opt-in-not-required"] }];
const zones = pulumi.output(getAvailabilityZones({ state: "available", filters })).names;
const subnets = ([0, 1] as const).map((index) => {
  const where = { cidrBlock: quarterOf(cidrBlock, index), availabilityZone: zones[index] };
  const made = new ec2.Subnet(
    `subnet-${index}`,
    { vpcId: vpc.id, ...where, tags: tags(`subnet-${index}`) },
    { ignoreChanges: ["availabilityZone"] },
  );
  new ec2.RouteTableAssociation(`routes-${index}`, { subnetId: made.id, routeTableId: table.id });
  return made;
});

export const vpcId = vpc.id;
export const subnetIds = subnets.map(({ id }) => id);
