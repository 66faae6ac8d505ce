import type { SyncStatus } from "../../../agent/sync/status";
import type { Result } from "../../../lab/host/run";
import { waitFor } from "../../../lab/host/wait";
import { nodeNames } from "../../../lab/pair/machines";

/** A pair of whatever lab, as far as its synchronisation is spoken of. */
interface Spoken {
  sh(machine: string, script: string): Promise<Result>;
  succeed(machine: string, script: string): Promise<string>;
}

let made = 0;

/** A text that nothing serves yet, when a test is tried again, too. */
export const unique = (text: string): string => `${text} ${++made}`;

/** A site whose answer is `text`; it lies in the operator's directory. */
export const siteOf = (text: string): string =>
  `server { listen 80; server_name op.example; location / { return 200 "${text}\\n"; } }`;

const said = ({ node, generation, acknowledged, alarms }: SyncStatus): string =>
  `${node}: ${generation?.id}, ${acknowledged ? "acknowledged" : "accepted"}, alarms ${JSON.stringify(alarms)}`;

/** The words in which the tests speak of a pair's synchronisation. */
export function wordsOf(pair: Spoken) {
  /** What a node's synchronisation says of itself. */
  const syncOf = async (name: string): Promise<SyncStatus> =>
    JSON.parse(await pair.succeed(name, "nginx-ha sync --json"));

  const alarmsOf = async (name: string): Promise<string[]> =>
    (await syncOf(name)).alarms.map(({ kind }) => kind);

  const generationOf = async (name: string): Promise<string | undefined> =>
    (await syncOf(name)).generation?.id;

  /** Writes the operator's site on a node. */
  const write = (name: string, text: string, file = "op.conf"): Promise<string> =>
    pair.succeed(name, `cat >/etc/nginx-ha/sites/${file} <<'END'\n${siteOf(text)}\nEND`);

  const publish = (name: string): Promise<string> => pair.succeed(name, "nginx-ha publish");

  /** Writes the operator's site and publishes it; where the periodic look was first, with one line more. */
  const publishNew = async (name: string, text: string): Promise<string> => {
    await write(name, text);
    const said = await publish(name);
    if (!said.startsWith("served already")) return said;
    return pair.succeed(name, "echo '# again' >>/etc/nginx-ha/sites/op.conf; nginx-ha publish");
  };

  /** What a node's nginx answers for the operator's site. */
  const answerOf = async (name: string): Promise<string> =>
    (await pair.sh(name, "curl -s -m 2 -H 'Host: op.example' http://127.0.0.1/")).stdout.trim();

  /** Both nodes serve one generation, each knows it, and nothing is wrong but what `alarms` names. */
  const untilSame = async (alarms: string[] = [], limitMs = 60_000): Promise<void> => {
    let seen: string[] = [];
    const same = async (): Promise<boolean> => {
      const both = await Promise.all(nodeNames.map((name) => syncOf(name).catch(() => undefined)));
      seen = both.map((one) => (one ? said(one) : "no answer"));
      const [a, b] = both;
      const well = both.every(
        (one) => one?.acknowledged && one.alarms.every(({ kind }) => alarms.includes(kind)),
      );
      return well && a?.generation !== undefined && a.generation.id === b?.generation?.id;
    };
    await waitFor("both nodes to serve the same, acknowledged", limitMs, same, 200).catch((error: Error) => {
      throw new Error(`${error.message}; they say: ${seen.join("; ")}`);
    });
  };

  /** Has a node's synchronisation stand still at a step, for as long as `work` runs. */
  async function standingAt<T>(name: string, step: string, work: () => Promise<T>): Promise<T> {
    const dropIn = "/etc/systemd/system/nginx-ha-sync.service.d/stop-at.conf";
    await pair.succeed(
      name,
      `mkdir -p $(dirname ${dropIn}) && printf '[Service]\\nEnvironment=NGINX_HA_STOP_AT=${step}\\n' >${dropIn} && sync ${dropIn} && systemctl daemon-reload && systemctl restart nginx-ha-sync`,
    );
    await waitFor(
      "the synchronisation to answer",
      10_000,
      () => syncOf(name).then(Boolean, () => false),
      100,
    );
    // A machine that boots may not answer at all yet.
    const away = `rm -f ${dropIn} && systemctl daemon-reload && systemctl restart nginx-ha-sync`;
    const taken = () =>
      pair.sh(name, away).then(
        ({ exitCode }) => exitCode === 0,
        () => false,
      );
    const untilTaken = () => waitFor("the drop-in to be taken away", 90_000, taken, 500);
    const result = await work().catch(async (error) => {
      // What went wrong before is what is told.
      await untilTaken().catch(() => {});
      throw error;
    });
    await untilTaken();
    return result;
  }

  /** Waits until the process stands still. */
  const untilStanding = (name: string): Promise<unknown> =>
    waitFor(
      "the synchronisation to stand still",
      20_000,
      async () =>
        (await pair.sh(name, "grep -q '^State:.T' /proc/$(systemctl show -P MainPID nginx-ha-sync)/status"))
          .exitCode === 0,
      50,
    );

  return {
    syncOf,
    alarmsOf,
    generationOf,
    write,
    publish,
    publishNew,
    answerOf,
    untilSame,
    standingAt,
    untilStanding,
  };
}
