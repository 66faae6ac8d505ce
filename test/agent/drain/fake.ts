import type { Machine } from "../../../agent/drain/machine";

/** The settings of a machine before a drain. */
export const kernel = (): Record<string, number> => ({
  "net/ipv4/conf/all/arp_ignore": 0,
  "net/ipv4/conf/all/arp_announce": 0,
  "net/ipv4/conf/all/rp_filter": 0,
});

/** What a new device has, each the opposite of what a drain needs. */
const ofTunnel: Record<string, number> = {
  "net/ipv4/conf/nha-drain/rp_filter": 1,
  "net/ipv6/conf/nha-drain/disable_ipv6": 0,
};

/** A machine that remembers what was done to it, and may fail at one step. */
export class Fake implements Machine {
  readonly done: string[] = [];
  readonly inputs: string[] = [];
  readonly values = kernel();
  failing: string | undefined;
  /** How many things may be done until whoever does them is killed. */
  left = Number.POSITIVE_INFINITY;
  /** What the machine shows of it, to whoever asks. */
  private readonly shown = new Map<string, string>();
  private spend(): void {
    if (this.left-- <= 0) throw new Error("killed");
  }
  run({ argv, input }: { argv: readonly string[]; input?: string }): void {
    this.spend();
    const text = argv.join(" ");
    if (this.failing !== undefined && text.includes(this.failing)) throw new Error(`${text}: it fails`);
    if (text.startsWith("ip address replace"))
      this.shown.set("address", `    inet ${argv[3]} scope global lo\n`);
    if (text.startsWith("ip address del")) this.shown.delete("address");
    const made = /^ip link add (\S+)/.exec(text)?.[1];
    if (made !== undefined) {
      this.shown.set("tunnel", `9: ${made}: <BROADCAST>\n`);
      Object.assign(this.values, ofTunnel);
    }
    if (text.startsWith("ip link del")) {
      this.shown.delete("tunnel");
      for (const path of Object.keys(ofTunnel)) delete this.values[path];
    }
    for (const family of ["ip", "ip6"]) {
      if (text.startsWith("nft -f") && input?.includes(`\ntable ${family} nginx_ha_drain {`))
        this.shown.set(`table ${family}`, `table ${family} nginx_ha_drain\n`);
      if (text === `nft delete table ${family} nginx_ha_drain`) this.shown.delete(`table ${family}`);
    }
    const six = / -6 address (replace|del) (\S+)/.exec(text);
    if (six?.[1] === "replace") this.shown.set("address6", `    inet6 ${six[2]} scope global\n`);
    if (six?.[1] === "del") this.shown.delete("address6");
    this.done.push(text);
    if (input) this.inputs.push(input);
  }
  output(argv: readonly string[]): string {
    if (this.failing !== undefined && argv.join(" ").includes(this.failing)) throw new Error("it fails");
    return ["table ip filter\n", ...this.shown.values()].join("");
  }
  get = (path: string): number | undefined => this.values[path];
  set(path: string, value: number): void {
    this.spend();
    if (this.failing !== undefined && path.includes(this.failing)) throw new Error("read-only");
    this.done.push(`${path}=${value}`);
    this.values[path] = value;
  }
}
