/** What an instance type offers of what matters here. */
export interface InstanceType {
  name: string;
  vcpus: number;
  memoryMiB: number;
  interfaces: number;
  /** Private addresses for each interface, the primary one included. */
  addresses: number;
  architecture: "x86_64" | "arm64";
}

/**
 * Source: EC2 User Guide, "Maximum IP addresses per network interface" (per instance type), and the pages of
 * the instance families for the rest.
 */
const ROWS: [name: string, vcpus: number, memory: number, interfaces: number, addresses: number][] = [
  ["t3.nano", 2, 512, 2, 2],
  ["t3.micro", 2, 1024, 2, 2],
  ["t3.small", 2, 2048, 3, 4],
  ["t3.medium", 2, 4096, 3, 6],
  ["t3.large", 2, 8192, 3, 12],
  ["t4g.nano", 2, 512, 2, 2],
  ["t4g.micro", 2, 1024, 2, 2],
  ["t4g.small", 2, 2048, 3, 4],
  ["t4g.medium", 2, 4096, 3, 6],
  ["m5.large", 2, 8192, 3, 10],
  ["c5.large", 2, 4096, 3, 10],
  ["c6i.large", 2, 4096, 3, 10],
  ["c7g.medium", 1, 2048, 2, 4],
  ["c7g.large", 2, 4096, 3, 10],
  ["m7g.medium", 1, 4096, 2, 4],
];

/** The instance types that the Region offers. */
export const instanceTypes: ReadonlyMap<string, InstanceType> = new Map(
  ROWS.map(([name, vcpus, memoryMiB, interfaces, addresses]) => [
    name,
    {
      name,
      vcpus,
      memoryMiB,
      interfaces,
      addresses,
      architecture: /^\w+g\./.test(name) ? "arm64" : "x86_64",
    },
  ]),
);
