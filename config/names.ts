import { z } from "zod";

/** A name that ends up in resource names, host names and file names. */
export const name = z
  .string()
  .regex(
    /^[a-z][a-z0-9-]{0,30}[a-z0-9]$/,
    "must be 2 to 32 characters: a-z, 0-9 and -, starting with a letter",
  );

/** An nginx upstream's name: nginx takes nearly anything, we take what needs no quoting. */
export const upstreamName = z
  .string()
  .regex(
    /^[A-Za-z][A-Za-z0-9_.-]{0,62}$/,
    "must be an nginx upstream name: a letter, then letters, digits, _ . -",
  );

/** A network interface as Linux allows it (15 characters). */
export const interfaceName = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9_.-]{0,14}$/,
    "must be a Linux interface name of at most 15 characters, e.g. eth0",
  );

/** What `ssh.hostKey` holds: the ed25519 key in authorized_keys form, comment optional. */
export const hostKey = z
  .string()
  .regex(
    /^ssh-ed25519 [A-Za-z0-9+/]{68}(=*)( .*)?$/,
    "must be an ed25519 key in authorized_keys form; take it on the machine: cat /etc/ssh/ssh_host_ed25519_key.pub, or compare what ssh-keyscan -t ed25519 ADDRESS prints",
  );

export const port = z.int().min(1, "must be 1 to 65535").max(65535, "must be 1 to 65535");

/** A login on a machine. */
export const userName = z.string().regex(/^[a-z_][a-z0-9_-]*$/, "must be a Linux user name");
