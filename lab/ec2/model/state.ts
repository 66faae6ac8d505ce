/** The lab's own Region as plain data: everything in it can be written to one JSON file and read back. */
export interface Region {
  /** `lab-…`: never the name of a real Region. */
  name: string;
  account: string;
  zones: Zone[];
  /** Public addresses are handed out from this range. */
  publicRange: string;
  /** Makes the ids and credentials of this Region its own; secret. */
  seed: string;
  /** Counts up with every id that is given out. */
  sequence: number;
  images: Record<string, Image>;
  vpcs: Record<string, Vpc>;
  subnets: Record<string, Subnet>;
  internetGateways: Record<string, InternetGateway>;
  natGateways: Record<string, NatGateway>;
  routeTables: Record<string, RouteTable>;
  securityGroups: Record<string, SecurityGroup>;
  interfaces: Record<string, NetworkInterface>;
  addresses: Record<string, Address>;
  instances: Record<string, Instance>;
  keyPairs: Record<string, KeyPair>;
  roles: Record<string, Role>;
  instanceProfiles: Record<string, InstanceProfile>;
  hostedZones: Record<string, HostedZone>;
  healthChecks: Record<string, HealthCheck>;
  /** Answers by client token, so that a repeated creation creates nothing. */
  tokens: Record<string, { request: string; response: unknown }>;
}

export interface Zone {
  name: string;
  id: string;
}

export interface Resource {
  id: string;
  tags: Record<string, string>;
}

export interface Image extends Resource {
  name: string;
  description: string;
  owner: string;
  architecture: "x86_64" | "arm64";
  creationDate: string;
}

export interface Vpc extends Resource {
  cidr: string;
  dnsSupport: boolean;
  dnsHostnames: boolean;
}

export interface Subnet extends Resource {
  vpcId: string;
  zone: string;
  cidr: string;
  mapPublicIp: boolean;
}

export interface InternetGateway extends Resource {
  vpcId?: string;
}

/** A public NAT gateway; one that was deleted is forgotten at once, which EC2 does after about an hour. */
export interface NatGateway extends Resource {
  subnetId: string;
  allocationId: string;
  /** Its own interface, on which the Elastic IP is. */
  networkInterfaceId: string;
  created: number;
}

export interface Route {
  destination: string;
  target: { kind: "local" } | { kind: "gateway" | "interface" | "natGateway"; id: string };
}

export interface RouteTable extends Resource {
  vpcId: string;
  routes: Route[];
  /** An association without a subnet makes the table the main one of its VPC. */
  associations: { id: string; subnetId?: string }[];
}

export interface SecurityGroup extends Resource {
  vpcId: string;
  name: string;
  description: string;
  rules: SecurityRule[];
}

/** One peer of one permission, as DescribeSecurityGroupRules shows it. */
export interface SecurityRule extends Resource {
  egress: boolean;
  /** `tcp`, `udp`, `icmp`, a number as text, or `-1` for all. */
  protocol: string;
  fromPort: number;
  toPort: number;
  cidr?: string;
  groupId?: string;
  description?: string;
}

export interface NetworkInterface extends Resource {
  subnetId: string;
  mac: string;
  description: string;
  /** The first is the primary private address. */
  privateIps: string[];
  /** Lent by the Region, gone for good when an elastic IP lands on the primary address or the instance stops. */
  automaticPublicIp?: string;
  /** Whether one is lent whenever the instance starts: only an interface that a launch made has this. */
  wantsPublicIp?: boolean;
  sourceDestCheck: boolean;
  groups: string[];
  attachment?: Attachment;
  /** Whose it is when it is no customer's: nobody else can do anything with it. */
  natGatewayId?: string;
}

export interface Attachment {
  id: string;
  instanceId: string;
  deviceIndex: number;
  deleteOnTermination: boolean;
  time: number;
}

/** An elastic IP: who holds it is written here and nowhere else. */
export interface Address extends Resource {
  publicIp: string;
  association?: { id: string; networkInterfaceId: string; privateIp: string };
}

export type InstanceState = "pending" | "running" | "stopping" | "stopped" | "shutting-down" | "terminated";

export interface Instance extends Resource {
  reservationId: string;
  state: InstanceState;
  imageId: string;
  type: string;
  keyName?: string;
  /** Base64, as it came. */
  userData?: string;
  /** Name of the instance profile. */
  profile?: string;
  subnetId: string;
  launchTime: number;
  launchIndex: number;
  clientToken?: string;
  metadata: MetadataOptions;
  sourceDestCheck: boolean;
  disableApiTermination: boolean;
  rootVolume: { id: string; size: number; type: string; encrypted: boolean; deleteOnTermination: boolean };
}

export interface MetadataOptions {
  tokens: "required" | "optional";
  hopLimit: number;
  endpoint: "enabled" | "disabled";
  instanceTags: "enabled" | "disabled";
}

export interface KeyPair extends Resource {
  name: string;
  publicKey: string;
  fingerprint: string;
  type: "rsa" | "ed25519";
  created: number;
}

export interface Role {
  name: string;
  id: string;
  trust: string;
  description?: string;
  tags: Record<string, string>;
  /** Inline policies by name: the JSON text as it was put. */
  policies: Record<string, string>;
  created: number;
}

export interface InstanceProfile {
  name: string;
  id: string;
  tags: Record<string, string>;
  role?: string;
  created: number;
}

/** A zone of Route 53, which belongs to no Region; here it is kept with the one that was asked. */
export interface HostedZone {
  id: string;
  /** With its final dot, as the records' names. */
  name: string;
  reference: string;
  records: RecordSet[];
}

export interface RecordSet {
  name: string;
  type: string;
  ttl: number;
  values: string[];
  /** One of several of this name and type. */
  spread?: { setIdentifier: string; region?: string; weight?: number; healthCheckId?: string };
}

/** A question that Route 53 asks from the Internet again and again; the lab only keeps what was said. */
export interface HealthCheck {
  id: string;
  reference: string;
  version: number;
  /** As `HealthCheckConfig` has it, every value as text. */
  config: Record<string, string>;
  tags: Record<string, string>;
}
