import * as pulumi from "@pulumi/pulumi";
import { tokensOnly } from "./components/aws/tokens-only";
import { NginxPair } from "./components/nginx-pair";
import { readStackConfig } from "./config/stack";

pulumi.runtime.registerStackTransformation(tokensOnly);

/** The program of every stack: one pair, as the stack's configuration says. */
export = async () => {
  const config = await readStackConfig();
  const { vip, url, nodes, inventory } = new NginxPair(config.cluster.name, config);
  return { vip, url, nodes, inventory };
};
