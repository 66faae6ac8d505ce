import { describe, expect, it } from "vitest";
import { pair } from "./pair";
import { peerOf } from "./subject";

const METADATA = "http://169.254.169.254/latest";

/** Calls EC2 with the credentials of the node on which it runs, as a thief on it would. */
const call = (parameters: string): string => `
T=$(curl -s -X PUT ${METADATA}/api/token -H 'x-aws-ec2-metadata-token-ttl-seconds: 60')
get() { curl -s -H "x-aws-ec2-metadata-token: $T" "${METADATA}/meta-data/iam/security-credentials/$1"; }
C=$(get "$(get '')")
field() { echo "$C" | sed -n "s/.*\\"$1\\": \\"\\(.*\\)\\".*/\\1/p"; }
curl -sS --aws-sigv4 aws:amz:lab-1:ec2 --user "$(field AccessKeyId):$(field SecretAccessKey)" \\
  -H "x-amz-security-token: $(field Token)" https://ec2.lab-1.amazonaws.com/ -d 'Version=2016-11-15&${parameters}'`;

describe("a node's credentials", () => {
  it("cannot move the VIP to any interface but the node's own", async () => {
    const holder = await pair.holder();
    const standby = peerOf(holder);
    const { addresses, interfaces } = await pair.model();
    const vip = Object.values(addresses).find(({ publicIp }) => publicIp === pair.vip);
    const { id } = await pair.instance(holder);
    const theirs = Object.values(interfaces).find(({ attachment }) => attachment?.instanceId === id);
    const target = `NetworkInterfaceId=${theirs?.id}&PrivateIpAddress=${theirs?.privateIps[1]}`;
    const move = `Action=AssociateAddress&AllocationId=${vip?.id}&${target}&AllowReassociation=true`;
    expect(await pair.succeed(standby, call(move))).toContain("<Code>UnauthorizedOperation</Code>");
    expect(await pair.succeed(holder, call(`${move}&DryRun=true`))).toContain("<Code>DryRunOperation</Code>");
    expect(await pair.succeed(standby, call("Action=DescribeInstances"))).toContain("UnauthorizedOperation");
    expect(
      await pair.succeed(standby, call(`Action=DisassociateAddress&AssociationId=${vip?.association?.id}`)),
    ).toContain("UnauthorizedOperation");
    expect(await pair.holder()).toBe(holder);
  });

  it("are out of reach of everybody but root and the agent", async () => {
    const ask = `curl -s -m 2 -o /dev/null -w '%{http_code}' -X PUT ${METADATA}/api/token -H 'x-aws-ec2-metadata-token-ttl-seconds: 60'`;
    expect(await pair.succeed("nginx-a", ask)).toBe("200");
    const by = (user: string) => `setpriv --reuid ${user} --clear-groups ${ask} || true`;
    expect(await pair.succeed("nginx-a", by("nginx-ha-agent"))).toBe("200");
    expect(await pair.succeed("nginx-a", by("www-data"))).toBe("000");
    expect(await pair.succeed("nginx-a", by("admin"))).toBe("000");
  });
});
