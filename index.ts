import { NginxPair } from "./components/nginx-pair";
import { readStackConfig } from "./config/stack";

/** The program of every stack: one pair, as the stack's configuration says. */
export = async () => {
  const config = await readStackConfig();
  const { vip, url, nodes, inventory } = new NginxPair(config.cluster.name, config);
  return { vip, url, nodes, inventory };
};
