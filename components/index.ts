/** What the package gives to other programs. */
export type { Cluster } from "../config/cluster";
export { type Parsed, parseCluster } from "../config/parse";
export { tokensOnly } from "./aws/tokens-only";
export {
  AwsNginxPair,
  type AwsNginxPairArgs,
  type AwsPoolArgs,
} from "./flat/aws-nginx-pair";
export {
  type HostNodeArgs,
  HostsNginxPair,
  type HostsNginxPairArgs,
  type HostsPoolArgs,
} from "./flat/hosts-nginx-pair";
export { NginxPair, type NginxPairArgs, type PairNode } from "./nginx-pair";
