import { NginxPair } from "./components/nginx-pair";
import { readStackConfig } from "./config/stack";

const config = readStackConfig();
const pair = new NginxPair(config.cluster.name, config);

export const { vip, url, nodes, inventory } = pair;
