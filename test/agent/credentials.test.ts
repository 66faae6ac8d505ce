import { expect, it } from "vitest";
import { roleCredentials } from "../../agent/ec2/credentials";

const MINUTE = 60_000;

/** A metadata service that gives credentials for six hours, or hangs; and a clock. */
function service() {
  const at = { now: 0, silent: false, asked: 0 };
  const metadata = async (path: string): Promise<string> => {
    if (path.endsWith("/")) return "role";
    at.asked++;
    const number = at.asked;
    if (at.silent) throw new Error("the metadata service did not answer in 1000 ms");
    const Expiration = new Date(at.now + 360 * MINUTE).toISOString();
    return JSON.stringify({ AccessKeyId: `key-${number}`, SecretAccessKey: "s", Token: "t", Expiration });
  };
  const source = roleCredentials(metadata, () => at.now);
  const key = async () => (await source.get()).accessKeyId;
  return { at, source, key };
}

const settled = (): Promise<void> => new Promise((done) => setTimeout(done, 5));

it("keeps what is good, and fetches new ones beside the call before the old ones end", async () => {
  const { at, key } = service();
  expect(await key()).toBe("key-1");
  at.now = 355 * MINUTE;
  expect(await key()).toBe("key-1");
  at.now = 357 * MINUTE;
  expect(await key(), "no call waits for it").toBe("key-1");
  await settled();
  expect(await key()).toBe("key-2");
});

it("asks a silent service at most every ten seconds, and lets no call wait while the old ones are good", async () => {
  const { at, key } = service();
  await key();
  at.now = 357 * MINUTE;
  at.silent = true;
  for (let call = 0; call < 20; call++) {
    expect(await key()).toBe("key-1");
    await settled();
    at.now += 1000;
  }
  expect(at.asked).toBe(3);
  at.now = 361 * MINUTE;
  await expect(key()).rejects.toThrow("did not answer in 1000 ms");
});
