import { exec } from "../lab/machines/exec";
import { nodeNames } from "../lab/pair/machines";
import { type LabPlan, machineNamed } from "../lab/state/plan";

/** What the field's guides configure: VRRPv2, MASTER and BACKUP with preemption, a `pgrep` script every 2 s. */
const keepalivedConf = (plan: LabPlan, master: boolean): string => `global_defs {
    script_user root
    enable_script_security
}
vrrp_script check_nginx {
    script "/usr/bin/pgrep nginx"
    interval 2
    weight -60
}
vrrp_instance VI_1 {
    state ${master ? "MASTER" : "BACKUP"}
    interface eth0
    virtual_router_id 51
    priority ${master ? 100 : 90}
    advert_int 1
    track_script {
        check_nginx
    }
    virtual_ipaddress {
        ${plan.subnet.vip}/24
    }
}
`;

const site = (plan: LabPlan): string => {
  const server = (name: string): string => `    server ${machineNamed(plan, name).address}:80;\n`;
  return `upstream backend_pool {
${server("backend-1")}${server("backend-2")}}
server {
    listen 80 default_server;
    location / {
        proxy_pass http://backend_pool;
        proxy_set_header Host $host;
        proxy_set_header X-Real-IP $remote_addr;
        proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
    }
}
`;
};

/** Puts the textbook pair on the nodes; nothing of ours is left on them. */
export async function installTextbook(plan: LabPlan): Promise<void> {
  await Promise.all(
    nodeNames.map(async (name, index) => {
      const script = `set -e
export DEBIAN_FRONTEND=noninteractive
apt-get -q -y install --no-install-recommends nginx keepalived procps >/dev/null
cat >/etc/keepalived/keepalived.conf <<'CONF'
${keepalivedConf(plan, index === 0)}CONF
cat >/etc/nginx/sites-enabled/default <<'CONF'
${site(plan)}CONF
systemctl restart nginx keepalived`;
      const machine = machineNamed(plan, name);
      const { exitCode, stderr } = await exec(plan, machine, ["bash", "-s"], {
        stdin: script,
        timeoutMs: 180_000,
      });
      if (exitCode !== 0) throw new Error(`the textbook configuration on ${name}: ${stderr}`);
    }),
  );
}
