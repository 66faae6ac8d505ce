import { UserError } from "../../config/user-error";
import { quoted } from "../../node/shell";
import type { Remote } from "../ssh";
import type { Platform } from "./faults";
import type { Script } from "./scripts";

/** Seconds after which a node undoes a fault by itself, whatever became of us. */
const UNDO_AFTER_S = 90;
const UNIT = "nginx-ha-drill-undo";

const disarm = `systemctl stop ${UNIT}.timer ${UNIT}.service 2>/dev/null; systemctl reset-failed ${UNIT}.service 2>/dev/null`;

/**
 * Injects a fault on a node. Its undo is armed there first, as a timer of systemd, so that it outlives the connection
 * and us.
 * @returns when, in milliseconds since the epoch by the node's clock
 */
export async function inject(remote: Remote, { inject: script, undo }: Script): Promise<number> {
  const text = `set -u
${disarm}
systemd-run --quiet --collect --unit=${UNIT} --on-active=${UNDO_AFTER_S} --timer-property=AccuracySec=1s \\
  /bin/bash -c ${quoted(undo)} || exit 90
echo "$EPOCHREALTIME"
${script}
`;
  const { exitCode, stdout, stderr } = await remote.run(text, 20);
  if (exitCode === 90)
    throw new UserError(`${remote.name} cannot arm the undo, so nothing was done: ${stderr.trim()}`);
  if (exitCode !== 0) throw new UserError(`on ${remote.name}: ${stderr.trim() || `exit status ${exitCode}`}`);
  return Number(stdout.split("\n")[0]) * 1000;
}

/** Undoes a fault, and goes on at Ctrl-C; harmless when there was none. When it fails, what was armed on the node stays armed. */
export async function undo(remote: Remote, { undo: script }: Script): Promise<void> {
  const text = `{ ${script}\n} || exit 91\n${disarm}\nexit 0\n`;
  const { exitCode, stderr } = await remote.run(text, 60, { apart: true });
  if (exitCode !== 0) throw new UserError(`on ${remote.name}: ${stderr.trim() || `exit status ${exitCode}`}`);
}

/** What a drill must know of a node, and what a report says it ran on. */
const FACTS = `. /etc/nginx-ha/current/node.env
. /etc/os-release
echo "advert=$(sed -n 's/^ *advert_int //p' /etc/nginx-ha/current/keepalived/keepalived.conf)"
echo "drain=$(sed -n 's/.*"seconds": *\\([0-9]*\\).*/\\1/p' /etc/nginx-ha/current/drain.json 2>/dev/null)"
echo "virtual=$(systemd-detect-virt || true)"
echo "container=$(systemd-detect-virt --container >/dev/null && echo yes || echo no)"
echo "system=$PRETTY_NAME, Linux $(uname -r), $(nproc) CPU"
echo "nginx=$(/usr/sbin/nginx -v 2>&1 | sed 's|.*/||')"
echo "keepalived=$(/usr/sbin/keepalived --version 2>&1 | sed -n '1s/^Keepalived v\\([^ ]*\\).*/\\1/p')"
echo "mode=$(sed -n 's/.*"mode": *"\\([a-zA-Z]*\\)".*/\\1/p' /etc/nginx-ha/current/agent.json | head -n 1)"
echo "word=$(cat /run/nginx-ha-agent/word 2>/dev/null)"
`;

export interface Facts extends Omit<Platform, "power"> {
  ranOn: string;
  /** Seconds since the VIP left the node for a hang last; nothing when it never did. */
  hangAgeS?: number;
}

/** Asks a node what it is. */
export async function factsOf(remote: Remote): Promise<Facts> {
  const { exitCode, stdout, stderr } = await remote.run(FACTS, 10);
  if (exitCode !== 0) throw new UserError(`${remote.name} does not say what it is: ${stderr.trim()}`);
  const read = new Map(
    stdout.split("\n").map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
  );
  const of = (key: string): string => read.get(key) ?? "";
  const age = Number(of("word").split(" ")[3]);
  return {
    mode: of("mode") || "arp",
    advertMs: Math.round(Number(of("advert")) * 1000) || 1000,
    drainS: Number(of("drain")) || 0,
    container: of("container") === "yes",
    ranOn: `${of("system")}, ${of("virtual") || "unknown"}, nginx ${of("nginx")}, keepalived ${of("keepalived")}`,
    ...(Number.isFinite(age) && { hangAgeS: age }),
  };
}
