import * as pulumi from "@pulumi/pulumi";
import { NginxPair } from "../../../components/nginx-pair";
import type { AwsCluster } from "../../../config/cluster";
import { type Registered, registered } from "../mocks";
import { answers } from "./answers";

/** What a pair on EC2 registers, by `up` or by a preview. */
export const made = (cluster: AwsCluster, preview = false): Promise<Registered[]> =>
  registered(() => new NginxPair("edge", { cluster, sshProxyPrivateKey: pulumi.secret("proxy key") }), {
    preview,
    call: answers,
  });

/** The one of this name. @throws Error with the names that there are */
export const named = (resources: Registered[], name: string, type?: string): Registered => {
  const found = resources.find((one) => one.name === name && (type === undefined || one.type === type));
  if (!found)
    throw new Error(`no resource ${name}; there are ${resources.map((one) => one.name).join(", ")}`);
  return found;
};
/** Those of a type, by its last part. */
export const ofType = (resources: Registered[], type: string) =>
  resources.filter((one) => one.type.endsWith(`:${type}`));
