import { waitFor } from "../../../lab/host/wait";
import { edge } from "./subject";

const PORT = 14_000;
const MANAGEMENT = 15_000;

/** Let's Encrypt's own ACME server for tests, Debian's package, in the lab's client: it asks the VIP as an authority does. */
export const pebble = {
  get directory(): string {
    return `https://${edge.pair.machine("client").address}:${PORT}/dir`;
  },

  /** Where the nodes have the root of its own certificate. */
  root: "/etc/ssl/pebble-root.pem",

  /** Puts it there, with names that lead to the VIP; it does not run yet. */
  async install(names: string[]): Promise<void> {
    const { address } = edge.pair.machine("client");
    const own = await edge.authority.issue(address, 30);
    const config = {
      pebble: {
        listenAddress: `0.0.0.0:${PORT}`,
        managementListenAddress: `127.0.0.1:${MANAGEMENT}`,
        certificate: "/root/pebble.crt",
        privateKey: "/root/pebble.key",
        httpPort: 80,
        tlsPort: 443,
        ocspResponderURL: "",
        externalAccountBindingRequired: false,
      },
    };
    await edge.put("client", "/root/pebble.crt", own.certificate);
    await edge.put("client", "/root/pebble.key", own.key);
    await edge.put("client", "/root/pebble.json", JSON.stringify(config));
    for (const name of names)
      await edge.pair.succeed("client", `echo '${edge.pair.vip} ${name}' >>/etc/hosts`);
    for (const name of ["nginx-a", "nginx-b"] as const) await edge.put(name, this.root, edge.authority.root);
    const install = "apt-get install -q -y --no-install-recommends pebble";
    const script = `export DEBIAN_FRONTEND=noninteractive; ${install} || { apt-get update -q && ${install}; }`;
    const { exitCode, stderr } = await edge.pair.sh("client", script, { timeoutMs: 240_000 });
    if (exitCode !== 0) throw new Error(`Pebble cannot be installed in the lab's client: ${stderr}`);
  },

  /** It refuses one nonce in fifty, as an authority may. One that runs already is ended. */
  async start(): Promise<void> {
    const settings = "--setenv=PEBBLE_VA_NOSLEEP=1 --setenv=PEBBLE_WFE_NONCEREJECT=2";
    await edge.pair.succeed(
      "client",
      `systemctl stop pebble 2>/dev/null; systemctl reset-failed pebble 2>/dev/null; systemd-run --quiet --unit=pebble ${settings} pebble -config /root/pebble.json`,
    );
    await waitFor("Pebble to answer", 20_000, async () => {
      const { exitCode } = await edge.pair.sh("client", `curl --silent --insecure ${this.directory}`);
      return exitCode === 0;
    });
  },

  /** The root of what it issues, PEM. */
  authority: (): Promise<string> =>
    edge.pair.succeed("client", `curl --silent --insecure https://127.0.0.1:${MANAGEMENT}/roots/0`),

  /** What it says that it did since it was started. */
  log: (): Promise<string> =>
    edge.pair.succeed(
      "client",
      "systemctl is-active --quiet pebble && journalctl --quiet --no-pager --output cat _SYSTEMD_INVOCATION_ID=$(systemctl show --property InvocationID --value pebble)",
    ),
};
