import { nodeNames } from "../../../lab/pair/machines";
import { pair } from "./subject";
import { syncOf, untilCleared } from "./words";

const unit = (name: string): string => `/etc/systemd/system/${name}.service`;

/** Takes back what a test does on a node, where it was left. */
const restore = `
again=no
while mountpoint -q /etc/nginx-ha; do umount --lazy /etc/nginx-ha; again=yes; done
for name in stop-at clock; do
  if [ -e ${unit("nginx-ha-sync")}.d/$name.conf ]; then rm ${unit("nginx-ha-sync")}.d/$name.conf; again=yes; fi
done
for name in nginx-ha-agent nginx-ha-sync; do
  [ "$(readlink /etc/systemd/system/$name.service)" != /dev/null ] ||
    ln -sfn /etc/nginx-ha/current/systemd/$name.service /etc/systemd/system/$name.service
done
[ ! -e /root/privkey.pem ] || mv /root/privkey.pem /etc/nginx-ha/secrets/private/op/
find /etc/nginx-ha/sites -name '*bad*' -delete
systemctl daemon-reload
if [ $again = yes ]; then systemctl kill --signal KILL nginx-ha-sync; systemctl restart nginx-ha-sync; fi
systemctl start nginx keepalived nginx-ha-sync nginx-ha-agent`;

/** Makes the pair healthy, whatever the test before has left: one that failed is tried again. */
export async function heal(): Promise<void> {
  await pair.heal();
  for (const name of nodeNames) {
    await pair.pause(name, false);
    await pair.power("restore", name);
  }
  await Promise.all(nodeNames.map((name) => pair.succeed(name, restore)));
  await untilCleared();
  if ((await syncOf(await pair.holder())).generation?.overridden) await giveUpRollback();
}

/** An `up` that may undo the rollback, which it names itself. */
async function giveUpRollback(): Promise<void> {
  const { text } = await pair.up();
  const [, rollback] = /set sync\.acceptOverride to (\S+)/.exec(text) ?? [];
  if (rollback !== undefined)
    await pair.withConfig(["sync", "acceptOverride"], rollback, () => pair.mustUp());
}
