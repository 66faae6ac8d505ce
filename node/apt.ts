import type { ReleaseFile } from "./release";

/** Both nodes would be upgraded in the same hour, and keepalived restarted on both: `nginx-ha upgrade` goes one by one. */
export const aptFile: ReleaseFile = {
  path: "apt/52nginx-ha",
  mode: "0644",
  content: `// Made by nginx-ha: upgrades of these are an operator's, one node after the other: nginx-ha upgrade.
Unattended-Upgrade::Package-Blacklist:: "^nginx";
Unattended-Upgrade::Package-Blacklist:: "^keepalived$";
Unattended-Upgrade::Package-Blacklist:: "^nodejs$";
Unattended-Upgrade::Automatic-Reboot "false";
`,
};
