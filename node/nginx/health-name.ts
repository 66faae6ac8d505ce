/** The name under which nginx answers for itself; no client's request has it. */
export const healthName = "health.nginx-ha.internal";
