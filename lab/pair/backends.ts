import { exec } from "../machines/exec";
import { type LabPlan, machineNamed } from "../state/plan";

const backends = ["backend-1", "backend-2"];

/** What a lab's backend answers, as JSON: who it is, and what it was told about the client. */
export interface BackendAnswer {
  backend: string;
  uri: string;
  host: string;
  realIp: string;
  forwardedFor: string;
  forwardedProto: string;
  connection: string;
}

const site = `server {
    listen 80 default_server;
    access_log off;
    keepalive_requests 100000;
    location / {
        default_type application/json;
        return 200 '{"backend":"$hostname","uri":"$request_uri","host":"$http_host","realIp":"$http_x_real_ip","forwardedFor":"$http_x_forwarded_for","forwardedProto":"$http_x_forwarded_proto","connection":"$http_connection"}\\n';
    }
}
`;

/** Makes the backends answer with what reached them. */
export async function prepareBackends(plan: LabPlan): Promise<void> {
  await Promise.all(
    backends.map(async (name) => {
      const script =
        "cat >/etc/nginx/sites-enabled/default && systemctl enable --now nginx && nginx -t -q && systemctl reload nginx";
      const { exitCode, stderr } = await exec(plan, machineNamed(plan, name), ["sh", "-c", script], {
        stdin: site,
      });
      if (exitCode !== 0) throw new Error(`the backend ${name} does not start: ${stderr}`);
    }),
  );
}
