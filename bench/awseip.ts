import type { AwsSubject } from "../test/lab/aws/subject";

/** ClusterLabs' agent for Elastic IPs, started by keepalived as its manual has it; ours is stopped. */
export async function installAwseip(pair: AwsSubject, node: string): Promise<void> {
  const { addresses, interfaces } = await pair.model();
  const vip = Object.values(addresses).find(({ publicIp }) => publicIp === pair.vip);
  const { id } = await pair.instance(node);
  const own = Object.values(interfaces).find(({ attachment }) => attachment?.instanceId === id);
  const settings = {
    OCF_ROOT: "/usr/lib/ocf",
    OCF_RESKEY_elastic_ip: pair.vip,
    OCF_RESKEY_allocation_id: vip?.id,
    OCF_RESKEY_private_ip_address: own?.privateIps[1],
    OCF_RESKEY_awscli: "/root/aws",
    AWS_DEFAULT_REGION: "lab-1",
    AWS_CA_BUNDLE: "/etc/ssl/certs/ca-certificates.crt",
  };
  const exported = Object.entries(settings).map(([name, value]) => `export ${name}='${value}'`);
  // The lab's Region wants to be told of a reassociation in so many words; EC2 does it by itself.
  const wrapper = `#!/bin/sh
case "$*" in *associate-address*) exec /usr/bin/aws "$@" --allow-reassociation ;; esac
exec /usr/bin/aws "$@"
`;
  const hook = `#!/bin/bash
${exported.join("\n")}
exec /usr/lib/ocf/resource.d/heartbeat/awseip start >>/run/awseip.log 2>&1
`;
  await pair.succeed(
    node,
    `set -e
DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends awscli resource-agents >/run/awseip-install.log 2>&1 || { tail -5 /run/awseip-install.log; exit 1; }
systemctl stop nginx-ha-agent
cat >/root/aws <<'END'\n${wrapper}END
cat >/root/awseip-start <<'END'\n${hook}END
chmod 755 /root/aws /root/awseip-start
conf=$(readlink -f /etc/keepalived/keepalived.conf)
sed -i 's#^\\(  *\\)virtual_router_id .*#&\\n\\1notify_master /root/awseip-start root#' "$conf"
grep -q notify_master "$conf"
systemctl reload keepalived`,
  );
}
