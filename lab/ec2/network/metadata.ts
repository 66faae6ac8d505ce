import { cableName } from "./names";
import { METADATA_ADDRESS, type NetworkInterface, type VpcNetwork } from "./vpc";

/** Each machine's questions go to the port of its own service, told apart by the cable alone. */
export function questionsFromMachines(network: VpcNetwork): string[] {
  return served(network).map(
    ({ cable, port }) =>
      `iifname "${cable}" ip daddr ${METADATA_ADDRESS} tcp dport 80 tcp dport set ${port} accept`,
  );
}

/** Answers come from port 80 with one hop to live: whoever forwards them on does so in vain. */
export function answersToMachines(network: VpcNetwork): string[] {
  return served(network).map(
    ({ cable, port }) =>
      `oifname "${cable}" ip saddr ${METADATA_ADDRESS} tcp sport ${port} tcp sport set 80 ip ttl set 1 accept`,
  );
}

/** The ports on which services may be reached, each from its machine only. */
export function servicePorts(network: VpcNetwork): string[] {
  return served(network).map(
    ({ cable, port }) => `iifname "${cable}" ip daddr ${METADATA_ADDRESS} tcp dport ${port} accept`,
  );
}

function served({ interfaces }: VpcNetwork): { cable: string; port: number }[] {
  const has = (one: NetworkInterface) => one.metadataPort !== undefined;
  return interfaces
    .filter(has)
    .map(({ id, metadataPort = 0 }) => ({ cable: cableName(id), port: metadataPort }));
}
