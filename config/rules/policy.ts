import { cidr, prefixLengthOf } from "../addresses";
import { items, type LooseAws, type Problem } from "./problem";

/** What would be careless: some of it everywhere, some where people depend on the pair. */
export function* policyRules(cluster: LooseAws): Generator<Problem> {
  yield* openToTheWorld(cluster);
  if (cluster.production !== true) return;
  yield* unprotectedAddress(cluster);
  yield* oneZone(cluster);
}

/** No network of one's own is larger than 10.0.0.0/8; the world in two halves is the world. */
const WIDEST = 8;

function* openToTheWorld({ access }: LooseAws): Generator<Problem> {
  for (const [index, range] of items(access?.sshFrom).entries()) {
    if (!cidr.safeParse(range).success) continue;
    const length = prefixLengthOf(String(range));
    if (length >= WIDEST) continue;
    const rule = length === 0 ? "must not be the whole world" : `must be a /${WIDEST} at most`;
    const message = `${rule}: name where pulumi up runs, or the bastion`;
    yield { path: ["access", "sshFrom", index], value: range, message };
  }
}

/** A destroy by mistake would give the address, which names and firewalls of others have, back to EC2. */
function* unprotectedAddress({ vip }: LooseAws): Generator<Problem> {
  if (vip?.mode !== undefined && vip.mode !== "elasticIp") return;
  if (vip?.allocation !== undefined || vip?.protect === true) return;
  const message = "must be true with production: a destroy would give the address away for good";
  yield { path: ["vip", "protect"], value: vip?.protect ?? false, message };
}

function* oneZone({ vip, network }: LooseAws): Generator<Problem> {
  const message = "cannot go together with production: the pair would not outlive its zone";
  if (network?.oneZone === true) yield { path: ["network", "oneZone"], value: true, message };
  if (vip?.mode !== "secondaryPrivateIp") return;
  yield { path: ["vip", "mode"], value: vip.mode, message: `${message}; take elasticIp or overlayRoute` };
}
