/** What a node's cloud-init does at its first start. */
export interface UserData {
  /** The host key that the stack pins, OpenSSH form. */
  hostKey: { privateKey: string; publicKey: string };
  runcmd: string[];
}

/** The node's user data: JSON, which is YAML as well, so that nothing in it needs quoting. */
export const nodeUserData = ({ hostKey, runcmd }: UserData): string =>
  `#cloud-config\n${JSON.stringify({
    ssh_deletekeys: true,
    ssh_keys: { ed25519_private: hostKey.privateKey, ed25519_public: hostKey.publicKey },
    ssh_pwauth: false,
    disable_root: true,
    ...(runcmd.length > 0 && { runcmd }),
  })}\n`;
