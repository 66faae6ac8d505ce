/** The UDP port of the tunnel between the nodes: not VXLAN's own, which a machine may use for something else. */
export const TUNNEL_PORT = 7261;
