import type { remote } from "@pulumi/command/types/input";
import type * as pulumi from "@pulumi/pulumi";

/** A machine that becomes one of the pair's nodes, whoever made it. */
export interface Machine {
  name: string;
  zone: pulumi.Input<string>;
  /** The node's own address: the source of its VRRP adverts. */
  address: pulumi.Input<string>;
  interface: string;
  connection: pulumi.Input<remote.ConnectionArgs>;
  /** Whether the connection goes through a bastion. */
  proxied?: boolean;
  /** The login's name; anybody but root needs sudo without a password. */
  user: string;
  /** Changes when, and only when, this is another machine: everything is then installed anew. */
  id: pulumi.Input<string>;
  /** The resource whose deletion takes the machine with it. */
  resource?: pulumi.Resource;
}
