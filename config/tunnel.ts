/** The device of the tunnel between the nodes, there for the time of a planned move. */
export const TUNNEL = "nha-drain";
/** Its UDP port: not VXLAN's own, which a machine may use for something else. */
export const TUNNEL_PORT = 7261;
