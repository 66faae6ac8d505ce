import type { Kind } from "../kind";
import { eip, eipAssociation, networkInterface } from "./address";
import { healthCheck } from "./health-check";
import { instanceProfile, role, rolePolicy } from "./iam";
import { instance, keyPair } from "./instance";
import { internetGateway, route, routeTable, routeTableAssociation, subnet, vpc } from "./network";
import { record } from "./record";
import { egressRule, ingressRule, securityGroup } from "./security";

/** Every resource type, by its token. */
export const kinds: Record<string, Kind | undefined> = {
  "aws:ec2/eip:Eip": eip,
  "aws:ec2/eipAssociation:EipAssociation": eipAssociation,
  "aws:ec2/instance:Instance": instance,
  "aws:ec2/internetGateway:InternetGateway": internetGateway,
  "aws:ec2/keyPair:KeyPair": keyPair,
  "aws:ec2/networkInterface:NetworkInterface": networkInterface,
  "aws:ec2/route:Route": route,
  "aws:ec2/routeTable:RouteTable": routeTable,
  "aws:ec2/routeTableAssociation:RouteTableAssociation": routeTableAssociation,
  "aws:ec2/securityGroup:SecurityGroup": securityGroup,
  "aws:ec2/subnet:Subnet": subnet,
  "aws:ec2/vpc:Vpc": vpc,
  "aws:iam/instanceProfile:InstanceProfile": instanceProfile,
  "aws:iam/role:Role": role,
  "aws:iam/rolePolicy:RolePolicy": rolePolicy,
  "aws:route53/healthCheck:HealthCheck": healthCheck,
  "aws:route53/record:Record": record,
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": egressRule,
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": ingressRule,
};
