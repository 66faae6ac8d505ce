/** Of a namespace that only forwards: it never answers for others by itself, and limits nothing. */
export const FORWARDS = {
  "net/ipv4/ip_forward": "1",
  "net/ipv4/icmp_ratelimit": "0",
  "net/ipv4/conf/all/rp_filter": "0",
  "net/ipv4/conf/default/rp_filter": "0",
  "net/ipv4/conf/all/send_redirects": "0",
  "net/ipv4/conf/default/send_redirects": "0",
  "net/ipv6/conf/default/disable_ipv6": "1",
};
