import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import type { HostsCluster } from "../../config/cluster";
import type { HostConfig } from "../../config/hosts";
import type { Machine } from "../machine";

/**
 * The machines of platform `hosts`: they exist already, and the configuration says how to reach them.
 * A machine's id is its host key's fingerprint, so a replaced machine is one with a new `hostKey`.
 */
export const hostMachines = (cluster: HostsCluster, privateKey: pulumi.Input<string>): Machine[] =>
  cluster.nodes.map((node) => ({
    name: node.name,
    zone: node.zone,
    address: node.address,
    interface: node.interface,
    user: node.ssh.user,
    id: fingerprint(node.ssh.hostKey),
    connection: connectionTo(node, privateKey),
  }));

// The machines are up before `pulumi up` starts, and TCP repeats a lost packet by itself: a second try is enough.
// More tries with a wrong key would end in OpenSSH shutting us out (PerSourcePenalties, from 9.8 on), and the error
// would tell of a lost connection instead of the key.
function connectionTo(node: HostConfig, privateKey: pulumi.Input<string>) {
  const { host, port, user, hostKey } = node.ssh;
  return {
    host: host ?? node.address,
    port,
    user,
    hostKey: hostKey.split(" ").slice(0, 2).join(" "),
    privateKey: pulumi.secret(privateKey),
    dialErrorLimit: 1,
    perDialTimeout: 10,
  };
}

/** The SHA-256 fingerprint, as `ssh-keygen -l` prints it. */
function fingerprint(hostKey: string): string {
  const blob = Buffer.from(hostKey.split(" ")[1] ?? "", "base64");
  return `SHA256:${createHash("sha256").update(blob).digest("base64").replace(/=+$/, "")}`;
}
