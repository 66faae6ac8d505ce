import { NginxPair } from "./components/nginx-pair";
import { readStackConfig } from "./config/stack";

const { cluster, sshPrivateKey } = readStackConfig();
const pair = new NginxPair(cluster.name, { cluster, sshPrivateKey });

export const { vip, url, nodes } = pair;
