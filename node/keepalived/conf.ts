import { notifyFifo } from "../agent/files";
import type { NodeSettings } from "../settings";
import { trackFile } from "../systemd/units";

/**
 * `keepalived.conf`: VRRPv3 unicast, both nodes `state BACKUP` with `nopreempt`, so that a recovered node stays
 * standby. Weight 0 on the track files means FAULT: a weighted tracker moves nothing under `nopreempt`
 * (keepalived #2483). `higher_prio_send_advert`: a healed partition ends with an event and correct ARP.
 * The anchor stands alone in `virtual_ipaddress`, because adverts with different lists are refused and would make
 * two MASTERs while a changed VIP is rolled out.
 */
export function keepalivedConf(settings: NodeSettings): string {
  return `# Made by nginx-ha. Changes here are replaced: change the stack's configuration and run pulumi up.
global_defs {
    router_id ${settings.name}
    vrrp_startup_delay 1
    vrrp_check_unicast_src
    vrrp_higher_prio_send_advert true
    vrrp_garp_master_delay 1
    vrrp_garp_master_repeat 2
    vrrp_garp_lower_prio_delay 1
    vrrp_garp_lower_prio_repeat 2
    vrrp_priority -20
    vrrp_no_swap
    vrrp_notify_fifo ${notifyFifo}
${settings.agent.claim.mode === "arp" ? announced : ""}}

track_file nginx {
    file "${trackFile("nginx")}"
    weight 0
}

track_file hang {
    file "${trackFile("hang")}"
    weight 0
}

track_file handover {
    file "${trackFile("handover")}"
    weight 0
}

track_file sync {
    file "${trackFile("sync")}"
    weight 0
}

vrrp_instance VI_1 {
    state BACKUP
    nopreempt
    version 3
    interface ${settings.interface}
    virtual_router_id ${settings.virtualRouterId}
    priority ${settings.priority}
    advert_int ${settings.advertInterval}
    unicast_src_ip ${settings.address}
    unicast_peer {
        ${settings.peer.address}
    }
    track_file {
        nginx
        hang
        handover
        sync
    }
    virtual_ipaddress {
        ${settings.anchor}/32 dev lo scope link no_track
    }
${settings.holdsVip ? excluded(settings) : ""}}
`;
}

/** Whoever has a wrong entry in its ARP table has it for a minute at most. */
const announced = `    vrrp_garp_master_refresh 60
`;

/**
 * An IPv6 address is added without duplicate address detection, which would take more than a second: keepalived's own
 * default, and its option `-nodad` takes that back.
 */
const excluded = ({ vip, vip6, interface: device }: NodeSettings): string => `    virtual_ipaddress_excluded {
        ${vip}/32 dev ${device}
${vip6 === undefined ? "" : `        ${vip6}/128 dev ${device}\n`}    }
`;
