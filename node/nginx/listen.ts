import type { ServedNginx } from "../settings";
import type { Lines } from "./text";

/** The port by IPv4, and by IPv6 where the VIP has such an address; nothing without a port. */
export const listen = (
  { ipv6 }: Pick<ServedNginx, "ipv6">,
  port: number | undefined,
  parameters: string,
): Lines =>
  port === undefined
    ? []
    : [`listen ${port}${parameters};`, ...(ipv6 ? [`listen [::]:${port}${parameters};`] : [])];
