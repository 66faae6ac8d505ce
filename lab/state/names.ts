/** What a lab is called in the kernel; every name carries the lab's id, and only these are ever removed. */
export interface LabNames {
  /** Prefix of all network namespaces. */
  namespaces: string;
  /** The namespace with the bridge. */
  segment: string;
  /** The host's end of the uplink: at most 15 characters, as every interface. */
  hostLink: string;
  /** The host's nft table, and the comment of rules in other tables. */
  table: string;
  /** The group of all the lab's processes. */
  cgroup: string;
  /** The metric of the host's rejecting route, by which the lab knows it again. */
  rejectMetric: number;
}

/** The names of the lab with this id. */
export function labNames(id: string): LabNames {
  return {
    namespaces: `nha-${id}-`,
    segment: `nha-${id}-lan`,
    hostLink: `nha-${id}`,
    table: `nginx_ha_${id}`,
    cgroup: `nginx-ha-${id}`,
    rejectMetric: 0x4e_00_00_00 + Number.parseInt(id, 16),
  };
}

/** The network namespace of a machine, and its name for systemd-nspawn. */
export function machineNamespace(id: string, machine: string): string {
  return `nha-${id}-${machine}`;
}

/** The cgroup of a machine. */
export function machineCgroup(id: string, machine: string): string {
  return `${labNames(id).cgroup}/${machine}`;
}
